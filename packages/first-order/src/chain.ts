import type { Optimizer, StateTree, TensorTree, UpdateExtra } from "@opt/core";
import { fail } from "@opt/core";

/**
 * Applies transforms one after the other: the updates of each are the gradients of the next. All of them see the same
 * parameters and extras. Inside a compiled step the whole chain becomes one pass over memory for each parameter tensor.
 *
 * @param transforms - Transforms and optimizers, first to last.
 * @returns An optimizer whose state is the tuple of their states.
 * @throws OptError `option` for something that is not an optimizer; `tree` when a state has the wrong number of parts.
 *
 * @example
 * ```ts
 * import { adam, chain, clipByGlobalNorm } from "@opt/first-order";
 *
 * const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 0.01 }));
 * ```
 */
export function chain<States extends readonly StateTree[]>(
  ...transforms: { readonly [Index in keyof States]: Optimizer<States[Index]> }
): Optimizer<States> {
  // Method parameters are bivariant: a list of optimizers over one type of state stands for the tuple of their own types.
  const links: readonly Optimizer[] = transforms;
  links.forEach((link, index) => {
    if (typeof link?.init === "function" && typeof link.update === "function") return;
    fail("option", `chain(...transforms): transform ${index} must be an optimizer, an object with init and update; call the function that makes it.`);
  });
  return {
    init(params: TensorTree): States {
      // One state for each transform, in their order.
      return links.map((link) => link.init(params)) as readonly StateTree[] as States;
    },
    update<P extends TensorTree>(gradients: P, state: States, params: P, extra?: UpdateExtra): { updates: P; state: States } {
      if (!Array.isArray(state) || state.length !== links.length) {
        fail("tree", `chain: the state must be the tuple of ${links.length} states that init made; this one belongs to another optimizer.`);
      }
      let updates = gradients;
      const states = links.map((link, index) => {
        const result = link.update(updates, state[index] as StateTree, params, extra);
        updates = result.updates;
        return result.state;
      });
      return { updates, state: states as readonly StateTree[] as States };
    },
  };
}
