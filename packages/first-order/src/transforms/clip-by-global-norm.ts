import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, div, globalNorm, maximum, treeMap } from "@opt/core";
import type { EmptyState } from "../states.ts";

/**
 * Limits the Euclidean norm of all updates together and keeps their direction: `u ← u · c / max(‖u‖, c)`.
 *
 * Short updates and zeros pass unchanged, as in optax; PyTorch divides by `‖u‖ + 1e-6` instead and so clips a little more.
 *
 * @param maxNorm - The limit c > 0.
 * @returns The transform; it has no state.
 * @throws OptError `option` when the limit is not a number > 0.
 *
 * @example
 * ```ts
 * import { adam, chain, clipByGlobalNorm } from "@opt/first-order";
 *
 * const optimizer = chain(clipByGlobalNorm(1), adam());
 * ```
 * @see Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013, Algorithm 1.
 */
export function clipByGlobalNorm(maxNorm: number): Optimizer<EmptyState> {
  checkNumber("clipByGlobalNorm", "maxNorm", maxNorm, { above: 0 });
  return {
    init: (): EmptyState => ({}),
    update<P extends TensorTree>(gradients: P, state: EmptyState): { updates: P; state: EmptyState } {
      const factor = div(maxNorm, maximum(globalNorm(gradients), maxNorm));
      return { updates: treeMap((gradient) => gradient.mul(factor), gradients), state };
    },
  };
}
