import type { TensorTree } from "@opt/core";
import { describeValue, fail, OptError } from "@opt/core";
import { checkModel } from "./check.ts";
import { stack } from "./layered.ts";
import type { LayeredModel, Model, ParamsOf } from "./model.ts";

/** The parameters of {@link sequential}: those of every layer. */
export type SequentialParams<Layers extends readonly Model[]> = TensorTree & {
  readonly layers: { readonly [Index in keyof Layers]: ParamsOf<Layers[Index]> };
};

/** A layer that says in its errors where it stands. */
function placed(layer: Model, path: string): Model {
  return {
    init: (key, options) => layer.init(key, options),
    apply: (params, x) => {
      try {
        return layer.apply(params, x);
      } catch (error) {
        if (error instanceof OptError) throw new OptError(error.code, `sequential.apply(params, x): ${path}: ${error.message}`);
        throw error;
      }
    },
  };
}

/**
 * Puts models one behind the other: `h₀ = x`, `hᵢ₊₁ = modelᵢ(hᵢ)`.
 *
 * @param layers - One model or more; each takes what the one before returns.
 * @returns The network: `init(key)` draws `{ layers: [params of each model, …] }`; `layerOutputs(params, x)` shows what each model returns.
 * @throws OptError `option` when there is no model or one of them is none; `apply` throws what a layer throws, with its place in front, and
 * `tree` when there are not as many parameters as layers.
 *
 * @example
 * ```ts
 * import { key, zeros } from "@opt/core";
 * import { dense, residual, sequential } from "@opt/nn";
 *
 * const blocks = Array.from({ length: 28 }, () => residual(dense({ inputs: 16, outputs: 16, activation: "relu" }), { scale: 0.2 }));
 * const model = sequential([dense({ inputs: 4, outputs: 16 }), ...blocks, dense({ inputs: 16, outputs: 3 })]);
 * const params = model.init(key(1));
 * model.apply(params, zeros([8, 4])).shape; // [8, 3]
 * params.layers[0].weight.shape; // [4, 16]
 * ```
 */
export function sequential<const Layers extends readonly Model[]>(layers: Layers): LayeredModel<SequentialParams<Layers>> {
  if (!Array.isArray(layers) || layers.length === 0) {
    fail("option", `sequential(layers): must list one or more models, such as [dense(…), dense(…)]; got ${describeValue(layers)}.`);
  }
  const named = layers.map((layer, index) => {
    const path = `layers[${String(index)}]`;
    checkModel("sequential(layers)", path, layer);
    return placed(layer, path);
  });
  // The parameters of a stack are the parameters of its layers, in their order; TypeScript does not follow the tuple through the list.
  return stack("sequential", named) as unknown as LayeredModel<SequentialParams<Layers>>;
}
