import type { TensorTree } from "@opt/core";
import { checkNumber, checkOptions } from "@opt/core";
import type { ScaleByDataOptions, ScaledParams } from "./rescale-layers.ts";
import { rescaleLayers } from "./rescale-layers.ts";

/** Options of {@link raiseSmallActivations}. */
export interface RaiseSmallActivationsOptions<Params extends TensorTree, Batch extends TensorTree> extends ScaleByDataOptions<Params, Batch> {
  /** The standard deviation below which the outputs of a layer are too small, > 0. Default 0.1. */
  readonly minimum?: number;
  /** The standard deviation that its weights are then enlarged for, ≥ minimum. Default twice the minimum. */
  readonly target?: number;
}

/**
 * Finds the first layer whose activations on a minibatch are unacceptably small, enlarges its weights by `target / deviation`, and does so again until
 * there is none left. Layers whose activations are large enough stay as they are.
 *
 * Weights that are too small shrink the signal from layer to layer, until the last layers see next to nothing, and their gradients neither.
 *
 * @param options - Parameters, batch, the function that shows the layers, and what is small; see {@link ScaleByDataOptions} too.
 * @returns A promise of the new parameters, what became of every layer, and a status: a size that cannot be reached is an outcome, not an error.
 * @throws OptError `option` for a bad option; `tree` when a layer has no parameters at its path.
 *
 * @example
 * ```ts
 * import { key, randomNormal } from "@opt/core";
 * import { normal, raiseSmallActivations } from "@opt/init";
 * import { mlp } from "@opt/nn";
 *
 * const model = mlp({ sizes: [20, 50, 50, 50], activation: "tanh", weightInitializer: normal({ standardDeviation: 0.001 }) });
 * const { params, layers } = await raiseSmallActivations({
 *   params: model.init(key(1)),
 *   batch: randomNormal(key(2), [128, 20]),
 *   outputs: model.layerOutputs,
 * });
 * layers.map(({ before }) => before); // about 0.004, then less than 0.002
 * layers.map(({ after }) => after); // about 0.2 each
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4, on setting the initial scale by the activations of one minibatch.
 */
export async function raiseSmallActivations<Params extends TensorTree, Batch extends TensorTree>(
  options: RaiseSmallActivationsOptions<Params, Batch>,
): Promise<ScaledParams<Params>> {
  checkOptions("raiseSmallActivations", options, ["params", "batch", "outputs", "maxIterations", "minimum", "target"]);
  const minimum = checkNumber("raiseSmallActivations", "minimum", options.minimum ?? 0.1, { above: 0 });
  const target = checkNumber("raiseSmallActivations", "target", options.target ?? 2 * minimum, { min: minimum });
  // Whatever is not a number at least as large as the minimum is too small.
  return rescaleLayers("raiseSmallActivations", options, (deviation) => (deviation >= minimum ? undefined : target / deviation));
}
