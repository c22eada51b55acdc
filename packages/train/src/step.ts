import type { BackendChoice, Key, Optimizer, Scalar, StateTree, TensorTree } from "@opt/core";
import { applyUpdates, compile, equal, isFinite, logicalAnd, Tensor, treeFlatten, treeLeaves, treeMap, treeUnflatten, valueAndGrad, where } from "@opt/core";
import type { LossFunction } from "./loss.ts";
import { lossAndVariables, trainingContext } from "./loss.ts";

/** What training changes: parameters, the optimizer's state and the loss's variables. */
export type Trained<Params extends TensorTree, State extends StateTree, Variables extends StateTree> = {
  readonly params: Params;
  readonly state: State;
  readonly variables: Variables;
};

/** What a step leaves behind, the loss before it, which is NaN when nothing was changed, and what a solver says about it. */
export type StepResult<Params extends TensorTree, State extends StateTree, Variables extends StateTree> = readonly [
  trained: Trained<Params, State, Variables>,
  loss: Tensor,
  message?: string,
];

/** One training step. */
export type Step<Params extends TensorTree, State extends StateTree, Variables extends StateTree, Batch extends TensorTree> = (
  trained: Trained<Params, State, Variables>,
  batch: Batch,
  step: Scalar,
  key: Key | undefined,
) => StepResult<Params, State, Variables> | Promise<StepResult<Params, State, Variables>>;

/** How many elements of a floating-point tensor are infinite or NaN, as a rank-0 tensor. */
export function countNonFinite(x: Tensor): Tensor {
  // A count, because the maximum of a tensor with NaN in it is not the same on every machine.
  return where(isFinite(x), 0, 1).sum();
}

/** Whether a tensor is a value on the device, not a number that the host computes. */
function isDeviceTensor(leaf: Tensor | number | undefined): leaf is Tensor {
  return leaf instanceof Tensor && !leaf.onHost;
}

/** Takes the next state where `ok` holds, else the old one; numbers are always the next ones, since the host computes them. */
function chooseState<State extends StateTree>(ok: Tensor, next: State, old: State): State {
  const { leaves, structure } = treeFlatten(next);
  const oldLeaves = treeFlatten(old).leaves;
  const chosen = leaves.map((leaf, index) => {
    const before = oldLeaves[index];
    return isDeviceTensor(leaf) && isDeviceTensor(before) ? where(ok, leaf, before) : leaf;
  });
  // The structure is the one of `next`.
  return treeUnflatten(structure, chosen) as State;
}

/**
 * Compiles a training step that protects itself: when the loss or an element of a gradient is infinite or NaN, parameters,
 * state and variables stay as they are, and the loss that is returned is NaN. The check costs one pass over the gradients.
 */
export function makeStep<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree>(
  loss: LossFunction<Params, Batch, Variables>,
  optimizer: Optimizer<State>,
  backend: BackendChoice | undefined,
): Step<Params, State, Variables, Batch> {
  return compile((trained: Trained<Params, State, Variables>, batch: Batch, step: Scalar, key: Key | undefined) => {
    const { params, state, variables } = trained;
    const context = trainingContext(variables, step, key);
    const [[value, nextVariables], gradients] = valueAndGrad(lossAndVariables(loss, context), { auxiliary: true })(params, batch);
    const { updates, state: nextState } = optimizer.update(gradients, state, params, { value });
    const nextParams = applyUpdates(params, updates);
    const ok = treeLeaves(gradients)
      .map((gradient) => equal(countNonFinite(gradient), 0))
      .reduce(logicalAnd, isFinite(value));
    const next = {
      params: treeMap((after: Tensor, before: Tensor) => where(ok, after, before), nextParams, params),
      state: chooseState(ok, nextState, state),
      variables: chooseState(ok, nextVariables, variables),
    };
    return [next, where(ok, value, Number.NaN)] as const;
  }, backend === undefined ? {} : { backend });
}

/** A state after a step that changed nothing: tensors as they are now, numbers as they were before. */
export function withNumbersOf<State extends StateTree>(now: State, before: State): State {
  const { leaves, structure } = treeFlatten(now);
  const oldLeaves = treeFlatten(before).leaves;
  const kept = leaves.map((leaf, index) => {
    const old = oldLeaves[index];
    return typeof old === "number" ? old : leaf;
  });
  return treeUnflatten(structure, kept) as State;
}
