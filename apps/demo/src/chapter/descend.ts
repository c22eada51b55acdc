import type { Optimizer, StateTree, Tensor, TensorTree } from "@opt/core";
import { applyUpdates, clone, compile, valueAndGrad } from "@opt/core";

/** A point of a path: its tensors are overwritten by the next step, so read them at once. */
export interface PathPoint<Params extends TensorTree, State extends StateTree> {
  /** The number of steps so far. */
  readonly step: number;
  readonly params: Params;
  readonly state: State;
}

/**
 * Follows an optimizer down a loss, without an end.
 *
 * @param loss - The loss of the parameters at a step, counted from 0: a number that noise may be drawn from.
 * @param start - Where to start; it is copied.
 * @param optimizer - Any optimizer.
 * @returns The start and the point after each step.
 */
export function* descend<Params extends TensorTree, State extends StateTree>(
  loss: (params: Params, step: number) => Tensor,
  start: Params,
  optimizer: Optimizer<State>,
): Generator<PathPoint<Params, State>, never, undefined> {
  const advance = compile((params: Params, state: State, step: number): [Params, State] => {
    const [value, gradients] = valueAndGrad(loss)(params, step);
    const { updates, state: next } = optimizer.update(gradients, state, params, { value });
    return [applyUpdates(params, updates), next];
  });
  let params = clone(start);
  let state = clone(optimizer.init(params));
  for (let step = 0; ; step++) {
    yield { step, params, state };
    [params, state] = advance(params, state, step);
  }
}
