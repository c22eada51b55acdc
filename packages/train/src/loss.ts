import type { Key, Scalar, StateTree, TensorTree } from "@opt/core";
import { describeValue, fail, foldIn, Tensor, treeLeaves, treePaths } from "@opt/core";

/** What a loss or a metric may need beside parameters and batch. */
export interface LossContext<Variables extends StateTree = StateTree> {
  /** What the loss keeps from step to step without gradients, such as the running averages of batch normalization. */
  readonly variables: Variables;
  /** The step that is being taken, counted from 0; 0 in an evaluation. A host scalar: schedules of it recompile nothing. */
  readonly step: Scalar;
  /** A fresh key for each step, for dropout or noise. Reading it throws `option` where `fit` was given no key, and in an evaluation. */
  readonly key: Key;
  /** True in a training step, false in an evaluation. */
  readonly training: boolean;
}

/** A loss: the number to minimize as a rank-0 tensor, and, where it keeps variables, their next values. */
export type LossFunction<Params extends TensorTree, Batch extends TensorTree, Variables extends StateTree = StateTree> = (
  params: Params,
  batch: Batch,
  context: LossContext<Variables>,
) => Tensor | readonly [loss: Tensor, variables: Variables];

/** A metric: a mean over the batch as a rank-0 tensor. */
export type MetricFunction<Params extends TensorTree, Batch extends TensorTree, Variables extends StateTree = StateTree> = (
  params: Params,
  batch: Batch,
  context: LossContext<Variables>,
) => Tensor;

/** The context of a training step. */
export function trainingContext<Variables extends StateTree>(variables: Variables, step: Scalar, key: Key | undefined): LossContext<Variables> {
  return {
    variables,
    step,
    training: true,
    get key() {
      return key === undefined ? fail("option", "fit: the loss draws with context.key, but fit was given no key. Add the option key: key(1).") : foldIn(key, step);
    },
  };
}

/** The context of an evaluation. */
export function evaluationContext<Variables extends StateTree>(variables: Variables): LossContext<Variables> {
  return {
    variables,
    step: 0,
    training: false,
    get key() {
      return fail("option", "context.key: an evaluation has no key, so that it gives the same numbers each time. Draw only where context.training is true.");
    },
  };
}

function describeLeaf(leaf: Tensor | number | undefined): string {
  return leaf instanceof Tensor && !leaf.onHost ? `${leaf.dtype}[${leaf.shape.join(", ")}]` : "a number";
}

/** Variables must come back as they went in, or each step would be another program. */
function checkVariables(next: StateTree, before: StateTree): void {
  const paths = treePaths(before);
  const nextPaths = treePaths(next);
  const missing = paths.find((path) => !nextPaths.includes(path));
  if (missing !== undefined) fail("tree", `the loss must return its variables in the structure of fit({ variables }); ${missing} is missing.`);
  const added = nextPaths.find((path) => !paths.includes(path));
  if (added !== undefined) fail("tree", `the loss must return its variables in the structure of fit({ variables }); ${added} is not in it.`);
  const leaves = treeLeaves(before);
  const nextLeaves = treeLeaves(next);
  for (const [index, path] of paths.entries()) {
    const is = describeLeaf(nextLeaves[nextPaths.indexOf(path)]);
    const was = describeLeaf(leaves[index]);
    if (is !== was) fail("shape", `the loss must return variables.${path} as it is in fit({ variables }), ${was}; got ${is}.`);
  }
}

/** Makes a loss that always returns its variables, in the arrangement that they came in, for one context. */
export function lossAndVariables<Params extends TensorTree, Batch extends TensorTree, Variables extends StateTree>(
  loss: LossFunction<Params, Batch, Variables>,
  context: LossContext<Variables>,
): (params: Params, batch: Batch) => readonly [Tensor, Variables] {
  return (params, batch) => {
    const result = loss(params, batch, context);
    if (result instanceof Tensor) return [result, context.variables];
    if (!Array.isArray(result) || result.length !== 2) return fail("tree", `the loss must return a tensor, or [tensor, variables]; got ${describeValue(result)}.`);
    const [value, variables] = result as readonly [Tensor, Variables];
    checkVariables(variables, context.variables);
    return [value, variables];
  };
}

/** A loss by itself, without its variables. */
export function lossOnly<Params extends TensorTree, Batch extends TensorTree, Variables extends StateTree>(
  loss: LossFunction<Params, Batch, Variables>,
  context: LossContext<Variables>,
): (params: Params, batch: Batch) => Tensor {
  const both = lossAndVariables(loss, context);
  return (params, batch) => both(params, batch)[0];
}
