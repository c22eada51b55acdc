import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, maximum, minimum, treeMap } from "@opt/core";
import type { EmptyState } from "../states.ts";

/**
 * Limits every element of the updates: `u ← min(max(u, −c), c)`.
 *
 * @param limit - The limit c > 0.
 * @returns The transform; it has no state.
 * @throws OptError `option` when the limit is not a number > 0.
 *
 * @example
 * ```ts
 * import { chain, clipByValue, sgd } from "@opt/first-order";
 *
 * const optimizer = chain(clipByValue(0.5), sgd({ learningRate: 0.1 }));
 * ```
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 10.11.1 (after Mikolov, 2012).
 */
export function clipByValue(limit: number): Optimizer<EmptyState> {
  checkNumber("clipByValue", "limit", limit, { above: 0 });
  return {
    init: (): EmptyState => ({}),
    update: <P extends TensorTree>(gradients: P, state: EmptyState): { updates: P; state: EmptyState } => ({
      updates: treeMap((gradient) => minimum(maximum(gradient, -limit), limit), gradients),
      state,
    }),
  };
}
