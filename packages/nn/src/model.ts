import type { FloatDType, Key, Tensor, TensorTree } from "@opt/core";

/** Options of a model's `init`. */
export interface ModelInitOptions {
  /** The dtype of all parameters. Default `f32`. */
  readonly dtype?: FloatDType;
}

/**
 * A layer or a network: two pure functions over a tree of parameters. Anything of this form is a model; there is no class to
 * extend.
 *
 * @example
 * ```ts
 * import { ones } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import type { Model } from "@opt/nn";
 *
 * const scale = (features: number): Model<{ scale: Tensor }> => ({
 *   init: (_key, options) => ({ scale: ones([features], options) }),
 *   apply: (params, x) => x.mul(params.scale),
 * });
 * ```
 */
export interface Model<Params extends TensorTree = TensorTree> {
  /** Draws fresh parameters; the same key gives the same bits. */
  init(key: Key, options?: ModelInitOptions): Params;
  /** Computes the outputs [batch, outputs] of inputs [batch, inputs]. */
  apply(params: Params, x: Tensor): Tensor;
}

/** The parameters of a model's type. */
export type ParamsOf<AnyModel> = AnyModel extends Model<infer Params> ? Params : never;

/** What every layer of a model makes of an input, by the path of the layer's parameters, from the first to the last. */
export type LayerOutputs = Readonly<Record<string, Tensor>>;

/** A model that shows what happens inside: for auxiliary heads, hints, data-driven scales and diagnostics. */
export interface LayeredModel<Params extends TensorTree = TensorTree> extends Model<Params> {
  /** The output of every layer, `layers[0]`, `layers[1]`, …; the last one is what `apply` returns. */
  layerOutputs(params: Params, x: Tensor): LayerOutputs;
}
