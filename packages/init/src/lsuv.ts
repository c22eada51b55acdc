import type { Key, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, splitKey, treeLeaves, treeMap } from "@opt/core";
import { orthogonal } from "./orthogonal.ts";
import type { ScaleByDataOptions, ScaledParams } from "./rescale-layers.ts";
import { rescaleLayers } from "./rescale-layers.ts";

/** Options of {@link lsuv}. */
export interface LsuvOptions<Params extends TensorTree, Batch extends TensorTree> extends ScaleByDataOptions<Params, Batch> {
  /** The variance that every layer's outputs shall have, > 0. Default 1. */
  readonly variance?: number;
  /** How far the variance may be off, as a share of it, > 0. Default 0.1. */
  readonly tolerance?: number;
  /** Where given, all weights are drawn anew from `orthogonal()` first, as the paper does. Default: the weights stay as they were drawn. */
  readonly key?: Key;
}

function drawWeights<Params extends TensorTree>(params: Params, key: Key): Params {
  const keys = splitKey(key, treeLeaves(params).length);
  let position = 0;
  return treeMap((leaf) => {
    const own = keys[position++] ?? key;
    return leaf.rank >= 2 && (leaf.dtype === "f32" || leaf.dtype === "f64") ? orthogonal()(own, leaf.shape, { dtype: leaf.dtype }) : leaf;
  }, params);
}

/**
 * Layer-sequential unit variance: from the first layer to the last, divides the weights by the standard deviation of the layer's outputs on a minibatch,
 * `W ← W / √Var(h)`, until their variance is 1.
 *
 * It fits the scale to any activation, skip connection or pooling, for which no formula is known. Biases stay as they are.
 *
 * @param options - Parameters, batch, and the function that shows the layers; see {@link ScaleByDataOptions} too.
 * @returns A promise of the new parameters, what became of every layer, and a status: a variance that cannot be reached is an outcome, not an error.
 * @throws OptError `option` for a bad option; `tree` when a layer has no parameters at its path.
 *
 * @example
 * ```ts
 * import { key, randomNormal } from "@opt/core";
 * import { lsuv } from "@opt/init";
 * import { mlp } from "@opt/nn";
 *
 * const model = mlp({ sizes: [20, 50, 50, 50], activation: "tanh" });
 * const { params, layers, status } = await lsuv({
 *   params: model.init(key(1)),
 *   batch: randomNormal(key(2), [128, 20], { mean: 3, standardDeviation: 0.01 }),
 *   outputs: model.layerOutputs,
 *   variance: 0.25,
 *   key: key(3),
 * });
 * status; // "reached"
 * layers.map(({ after }) => after); // about 0.5 each
 * ```
 *
 * @see Mishkin and Matas, "All you need is a good init", 2016, Algorithm 1.
 */
export async function lsuv<Params extends TensorTree, Batch extends TensorTree>(options: LsuvOptions<Params, Batch>): Promise<ScaledParams<Params>> {
  checkOptions("lsuv", options, ["params", "batch", "outputs", "maxIterations", "variance", "tolerance", "key"]);
  const variance = checkNumber("lsuv", "variance", options.variance ?? 1, { above: 0 });
  const tolerance = checkNumber("lsuv", "tolerance", options.tolerance ?? 0.1, { above: 0 });
  const params = options.key === undefined ? options.params : drawWeights(options.params, options.key);
  return rescaleLayers("lsuv", { ...options, params }, (deviation) =>
    Math.abs(deviation ** 2 / variance - 1) <= tolerance ? undefined : Math.sqrt(variance) / deviation,
  );
}
