import type { BatchObjective, BatchSolution, BatchSolver, StateTree, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, treeLeaves } from "@opt/core";
import { checkChoice } from "../check-choice.ts";
import type { Memory, Standing } from "../descend.ts";
import { descend, noMemory } from "../descend.ts";
import type { MethodName } from "../methods.ts";
import { methodFor } from "../methods.ts";
import { layoutOf, tensorDerivatives, tensorProblem } from "../problem/tensor-problem.ts";
import type { Method, Transition } from "../protocols.ts";
import { fromState, toState } from "./plain-state.ts";

/** Options of {@link batchMinimizer}. */
export interface BatchMinimizerOptions {
  /** A name, or any direction and search. Default `"lbfgs"`. */
  readonly method?: MethodName | Method;
  /** How many steps to take at most on each batch, an integer ≥ 1. Default 1. */
  readonly stepsPerBatch?: number;
  /**
   * What becomes of the direction's memory (curvature pairs, the last direction) when the batch changes: `"keep"` goes on with
   * it, `"reset"` begins anew on each batch. Default `"keep"`.
   */
  readonly memory?: "keep" | "reset";
}

/** The state of {@link batchMinimizer}: what the method remembers, as tensors. */
export type BatchMinimizerState = {
  /** The direction's own state. */
  readonly direction: StateTree;
  /** The last step, or none at the start and after a reset. */
  readonly last: readonly StateTree[];
};

function stateOf({ memory, last }: Memory): BatchMinimizerState {
  return { direction: toState(memory), last: last === undefined ? [] : [toState(last)] };
}

function memoryOf({ direction, last: [last] }: BatchMinimizerState): Memory {
  // A state is only ever made by stateOf, from a transition.
  return { memory: fromState(direction), last: last === undefined ? undefined : (fromState(last) as Transition) };
}

function isFinitePoint({ point, gradientNorm }: Standing): boolean {
  return Number.isFinite(point.value) && Number.isFinite(gradientNorm);
}

/**
 * Trains a network by a method of this package: a few steps of any direction and search on each batch, in place of an optimizer
 * in `fit` of `@opt/train`.
 *
 * ```text
 * on each batch, stepsPerBatch times:  d from the gradient and the memory;  α by the search;  θ ← θ + α d
 * ```
 *
 * Every evaluation of a batch is one pass over all of its examples, and the noise of small batches misleads searches and
 * curvature: take large batches, or all examples at once. A step s and its change y of the gradient always come from one
 * batch, so that what is kept of them stays true when the next one comes; conjugate gradients join the last direction to
 * the gradient of the new batch, which wants batches that are alike, or `memory: "reset"` with several steps on each.
 * On one batch that never changes, with `"keep"`, the way is that of {@link minimize}.
 *
 * The numbers are computed in float64 beside the network's own dtype. Hessians, which Newton's methods need, have the square of
 * the number of parameters: for networks of some hundreds.
 *
 * @param options - The method, the steps for each batch, and what becomes of the memory.
 * @returns The solver; give it to `fit({ optimizer })`.
 * @throws OptError `option` for bad options and methods that do not go together; when it solves, `dtype` for parameters that are no floats.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { batchMinimizer, conjugateGradient, strongWolfe } from "@opt/second-order";
 * import { fit } from "@opt/train";
 *
 * const { params } = await fit({
 *   loss: (params: { slope: Tensor }, batch: { x: Tensor; y: Tensor }) => batch.x.mul(params.slope).sub(batch.y).pow(2).mean(),
 *   params: { slope: tensor(0) },
 *   optimizer: batchMinimizer({ method: { direction: conjugateGradient(), search: strongWolfe() } }),
 *   batches: () => [{ x: tensor([1, 2]), y: tensor([3, 6]) }],
 *   epochs: 5,
 * });
 * params.slope.item(); // 3.000
 * ```
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.9 and section 8.6.
 * @see Le and others, "On optimization methods for deep learning", 2011.
 */
export function batchMinimizer(options: BatchMinimizerOptions = {}): BatchSolver<BatchMinimizerState> {
  checkOptions("batchMinimizer", options, ["method", "stepsPerBatch", "memory"]);
  const { stepsPerBatch = 1, memory = "keep" } = options;
  const method = methodFor("batchMinimizer", options.method ?? "lbfgs", tensorDerivatives);
  checkNumber("batchMinimizer", "stepsPerBatch", stepsPerBatch, { min: 1, integer: true });
  checkChoice("batchMinimizer", "memory", memory, ["keep", "reset"]);
  return {
    init: (params) => stateOf(noMemory(method, treeLeaves(params).reduce((total, leaf) => total + leaf.size, 0))),
    solve<P extends TensorTree>(objective: BatchObjective<P>, state: BatchMinimizerState, params: P): BatchSolution<P, BatchMinimizerState> {
      const layout = layoutOf("batchMinimizer: params", params);
      const problem = tensorProblem(objective, layout);
      const before = memory === "keep" ? memoryOf(state) : noMemory(method, problem.dimension);
      const run = descend(problem, method, { tolerance: 0, maxSteps: stepsPerBatch }, layout.start, before);
      let turn = run.next();
      let first: Standing | undefined;
      let reached: Standing | undefined;
      for (; turn.done !== true; turn = run.next()) {
        first ??= turn.value;
        if (isFinitePoint(turn.value)) reached = turn.value;
      }
      const message = turn.value.status === "max-steps" ? `took all of its steps on this batch: ${stepsPerBatch}.` : turn.value.message;
      if (first === undefined || reached === undefined) return { params, state, value: Number.NaN, message };
      return { params: layout.unpack(reached.point.x), state: stateOf(reached), value: first.point.value, message };
    },
  };
}
