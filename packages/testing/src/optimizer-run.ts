import type { FloatDType, Optimizer, StateTree, Tensor, TensorTree, UpdateExtra } from "@opt/core";
import { applyUpdates, compile, div, globalNorm, grad, maximum, treeMap, valueAndGrad } from "@opt/core";
import type { Problem, ProblemParams } from "./problems.ts";
import type { LeafContents } from "./trees.ts";
import { readTree } from "./trees.ts";

/** One training step on a problem: parameters and state in, parameters, state and loss out. */
export type Step = (params: ProblemParams, state: StateTree) => readonly [ProblemParams, StateTree, Tensor];

/** Makes the training step of an optimizer on a problem. */
export function stepOf(optimizer: Optimizer, problem: Problem, extra?: UpdateExtra): Step {
  return (params, state) => {
    const [loss, gradients] = valueAndGrad((point: ProblemParams) => problem.loss(point))(params);
    const { updates, state: next } = optimizer.update(gradients, state, params, extra);
    return [applyUpdates(params, updates), next, loss];
  };
}

/** Runs compiled steps and returns the last value of the function. */
export function minimize(optimizer: Optimizer, problem: Problem, steps: number): number {
  const step = compile(stepOf(optimizer, problem));
  let params = problem.start("f32");
  let state = optimizer.init(params);
  for (let count = 0; count < steps; count++) [params, state] = step(params, state);
  return problem.loss(params).item();
}

/** Runs a few steps and reads everything that came out. */
export function trajectory(step: Step, optimizer: Optimizer, problem: Problem, dtype: FloatDType, steps: number): LeafContents[] {
  let params = problem.start(dtype);
  let state = optimizer.init(params);
  for (let count = 0; count < steps; count++) [params, state] = step(params, state);
  return readTree([params, state]);
}

/** The optimizer behind a clip of the global norm, as a chain would have it. */
export function clipped(optimizer: Optimizer, maxNorm: number): Optimizer {
  return {
    init: (params) => optimizer.init(params),
    update<P extends TensorTree>(gradients: P, state: StateTree, params: P): { updates: P; state: StateTree } {
      const factor = div(maxNorm, maximum(globalNorm(gradients), maxNorm));
      return optimizer.update(treeMap((gradient) => gradient.mul(factor), gradients), state, params);
    },
  };
}

/** The gradients of a problem at a point. */
export function gradientsAt(problem: Problem, params: ProblemParams): ProblemParams {
  return grad((point: ProblemParams) => problem.loss(point))(params);
}
