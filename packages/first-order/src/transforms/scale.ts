import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, treeMap } from "@opt/core";
import type { EmptyState } from "../states.ts";

/**
 * Multiplies every update by a constant: `u ← c · u`.
 *
 * @param factor - The constant c; any finite number.
 * @returns The transform; it has no state.
 * @throws OptError `option` when the factor is not a finite number.
 *
 * @example
 * ```ts
 * import { chain, scale, scaleByAdam } from "@opt/first-order";
 *
 * const optimizer = chain(scaleByAdam(), scale(-0.001));
 * ```
 */
export function scale(factor: number): Optimizer<EmptyState> {
  checkNumber("scale", "factor", factor);
  return {
    init: (): EmptyState => ({}),
    update: <P extends TensorTree>(gradients: P, state: EmptyState): { updates: P; state: EmptyState } => ({
      updates: treeMap((gradient) => gradient.mul(factor), gradients),
      state,
    }),
  };
}
