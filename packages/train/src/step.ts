import type { Optimizer, StateTree, TensorTree } from "@opt/core";
import { applyUpdates, compile, equal, isFinite, logicalAnd, Tensor, treeFlatten, treeLeaves, treeMap, treeUnflatten, valueAndGrad, where } from "@opt/core";

/** A loss or a metric: a function of parameters and a batch with a single number, as a tensor, for a result. */
export type BatchFunction<Params extends TensorTree, Batch extends TensorTree> = (params: Params, batch: Batch) => Tensor;

/** One training step: new parameters, new state and the loss before the step, which is NaN when nothing was changed. */
export type Step<Params extends TensorTree, State extends StateTree, Batch extends TensorTree> = (
  params: Params,
  state: State,
  batch: Batch,
) => [Params, State, Tensor];

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
 * Compiles a training step that protects itself: when the loss or an element of a gradient is infinite or NaN, parameters
 * and state stay as they are, and the loss that is returned is NaN. The check costs one pass over the gradients.
 */
export function makeStep<Params extends TensorTree, State extends StateTree, Batch extends TensorTree>(
  loss: BatchFunction<Params, Batch>,
  optimizer: Optimizer<State>,
): Step<Params, State, Batch> {
  return compile((params: Params, state: State, batch: Batch): [Params, State, Tensor] => {
    const [value, gradients] = valueAndGrad(loss)(params, batch);
    const { updates, state: nextState } = optimizer.update(gradients, state, params, { value });
    const next = applyUpdates(params, updates);
    const ok = treeLeaves(gradients)
      .map((gradient) => equal(countNonFinite(gradient), 0))
      .reduce(logicalAnd, isFinite(value));
    const keptParams = treeMap((after: Tensor, before: Tensor) => where(ok, after, before), next, params);
    return [keptParams, chooseState(ok, nextState, state), where(ok, value, Number.NaN)];
  });
}

/** The state after a step that changed nothing: tensors as they are now, numbers as they were before. */
export function withNumbersOf<State extends StateTree>(now: State, before: State): State {
  const { leaves, structure } = treeFlatten(now);
  const oldLeaves = treeFlatten(before).leaves;
  const kept = leaves.map((leaf, index) => {
    const old = oldLeaves[index];
    return typeof old === "number" ? old : leaf;
  });
  return treeUnflatten(structure, kept) as State;
}
