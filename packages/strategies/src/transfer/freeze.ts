import type { Optimizer, TensorTree, UpdateExtra } from "@opt/core";
import { describeValue, fail, fullLike, treeMapWithPath, treePaths } from "@opt/core";
import type { ParameterChoice } from "./prune.ts";
import { chosenPaths, leavesByPath, prune } from "./prune.ts";

/** Checks that an option or argument is an optimizer. */
export function checkOptimizer(where: string, value: unknown): void {
  if (typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" && "update" in value && typeof value.update === "function") return;
  fail("option", `${where}: the optimizer must have the functions init and update; got ${describeValue(value)}. Use for example adam() of @opt/first-order.`);
}

/**
 * Trains only some of the parameters: `θᵢ ← θᵢ + uᵢ` where `isTrainable(path, θᵢ)`, else `θᵢ ← θᵢ`, bit for bit.
 *
 * The optimizer never sees the other parameters: it keeps no state for them, a norm over all gradients leaves them out, and
 * weight decay does not touch them. Their gradients are not needed: a compiled step that uses them for nothing else does
 * not compute them (`fit` does, to see that they are finite).
 *
 * @param optimizer - Any optimizer.
 * @param isTrainable - Chooses parameters by path and tensor; pure, asked whenever a step is traced.
 * @returns An optimizer with the state of `optimizer` for the trainable parameters; `null` stands for the others.
 * @throws OptError `option` for something that is not an optimizer or a function, and from init and update when no parameter is
 * trainable.
 *
 * @example
 * ```ts
 * import { adam } from "@opt/first-order";
 * import { freeze } from "@opt/strategies";
 *
 * const optimizer = freeze(adam({ learningRate: 0.001 }), (path) => path.startsWith("layers[2]"));
 * ```
 * @see Yosinski, Clune, Bengio and Lipson, "How transferable are features in deep neural networks?", 2014.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 8.7.4.
 */
export function freeze<State>(optimizer: Optimizer<State>, isTrainable: ParameterChoice): Optimizer<State> {
  checkOptimizer("freeze(optimizer, isTrainable)", optimizer);
  if (typeof isTrainable !== "function") {
    fail("option", `freeze(optimizer, isTrainable): isTrainable must be a function (path, param) => boolean; got ${describeValue(isTrainable)}.`);
  }
  const trainable = (params: TensorTree): Set<string> => {
    const chosen = chosenPaths("freeze(optimizer, isTrainable)", params, isTrainable);
    if (chosen.size > 0) return chosen;
    return fail("option", `freeze(optimizer, isTrainable): at least one parameter must be trainable; got none of ${treePaths(params).join(", ")}.`);
  };
  return {
    init(params: TensorTree): State {
      const chosen = trainable(params);
      return optimizer.init(prune(params, (path) => chosen.has(path)));
    },
    update<P extends TensorTree>(gradients: P, state: State, params: P, extra?: UpdateExtra): { updates: P; state: State } {
      const chosen = trainable(params);
      const keeps = (path: string): boolean => chosen.has(path);
      const result = optimizer.update(prune(gradients, keeps), state, prune(params, keeps), extra);
      const updates = leavesByPath(result.updates);
      return {
        // x + (−0) is x for every x, also for −0.
        updates: treeMapWithPath((path, param) => updates.get(path) ?? fullLike(param, -0), params),
        state: result.state,
      };
    },
  };
}
