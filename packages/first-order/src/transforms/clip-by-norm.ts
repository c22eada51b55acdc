import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, div, globalNorm, maximum, treeMap } from "@opt/core";
import type { EmptyState } from "../states.ts";

/**
 * Limits the Euclidean norm of each tensor of the updates by itself: `u ← u · c / max(‖u‖, c)`.
 *
 * Short updates and zeros pass unchanged. For one norm over all tensors use {@link clipByGlobalNorm}.
 *
 * @param maxNorm - The limit c > 0.
 * @returns The transform; it has no state.
 * @throws OptError `option` when the limit is not a number > 0.
 *
 * @example
 * ```ts
 * import { chain, clipByNorm, sgd } from "@opt/first-order";
 *
 * const optimizer = chain(clipByNorm(1), sgd({ learningRate: 0.1 }));
 * ```
 * @see Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013, Algorithm 1.
 */
export function clipByNorm(maxNorm: number): Optimizer<EmptyState> {
  checkNumber("clipByNorm", "maxNorm", maxNorm, { above: 0 });
  return {
    init: (): EmptyState => ({}),
    update: <P extends TensorTree>(gradients: P, state: EmptyState): { updates: P; state: EmptyState } => ({
      updates: treeMap((gradient) => gradient.mul(div(maxNorm, maximum(globalNorm(gradient), maxNorm))), gradients),
      state,
    }),
  };
}
