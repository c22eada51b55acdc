import type { Optimizer, StateTree, TensorTree, UpdateExtra } from "@opt/core";
import { applyUpdates, describeValue, fail, treeMap } from "@opt/core";
import { checkLike } from "../check.ts";
import type { AverageState, PolyakAverage } from "./polyak-average.ts";

/** The state of an optimizer that averages: its own, and the average's. */
export type AveragedState<State extends StateTree = StateTree> = { readonly optimizer: State; readonly average: AverageState };

/**
 * Adds an average to an optimizer: `θ ← θ + u` as before, then the average takes in the new θ. Training is not changed at all;
 * inside a compiled step, such as that of `fit`, the average is one more output of the same pass over memory.
 *
 * @param optimizer - Any optimizer.
 * @param average - What {@link polyakAverage} makes, or any object with its three functions.
 * @returns An optimizer with the same updates; {@link averagedParameters} reads the average from its state.
 * @throws OptError `option` when the two arguments are not what they should be.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.7.3.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { averagedParameters, polyakAverage, withAverage } from "@opt/strategies";
 * import { fit } from "@opt/train";
 *
 * const { params, state } = await fit({
 *   loss: (x, target) => x.sub(target).pow(2).mean(),
 *   params: tensor([0]),
 *   optimizer: withAverage(sgd({ learningRate: 0.4 }), polyakAverage({ kind: "tail" })),
 *   batches: () => [tensor([1]), tensor([3])],
 *   epochs: 64,
 * });
 * params.readSync(); // [2.667]
 * averagedParameters(state, params).readSync(); // [2.00]
 * ```
 */
export function withAverage<State extends StateTree>(optimizer: Optimizer<State>, average: PolyakAverage): Optimizer<AveragedState<State>> {
  if (typeof optimizer?.update !== "function") fail("option", `withAverage(optimizer): must have the functions init and update; got ${describeValue(optimizer)}.`);
  if (typeof average?.parameters !== "function") {
    fail("option", `withAverage(average): must have the functions init, update and parameters; got ${describeValue(average)}. Use polyakAverage().`);
  }
  return {
    init: (params: TensorTree): AveragedState<State> => ({ optimizer: optimizer.init(params), average: average.init(params) }),
    update: <P extends TensorTree>(gradients: P, state: AveragedState<State>, params: P, extra?: UpdateExtra): { updates: P; state: AveragedState<State> } => {
      const { updates, state: next } = optimizer.update(gradients, state.optimizer, params, extra);
      const moved: TensorTree = applyUpdates(params, updates);
      return { updates, state: { optimizer: next, average: average.update(state.average, moved) } };
    },
  };
}

/**
 * The averaged parameters in the state of an optimizer made by {@link withAverage}.
 *
 * @param state - That optimizer's state.
 * @param params - The parameters that it trains: what the result looks like.
 * @returns A tree like `params`.
 * @throws OptError `tree` when the state belongs to other parameters.
 */
export function averagedParameters<Params extends TensorTree>(state: AveragedState, params: Params): Params {
  const { average } = state.average;
  checkLike("averagedParameters", "state", average, params, "the parameters");
  return treeMap((_param, mean) => mean, params, average);
}
