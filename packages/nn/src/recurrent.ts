import type { Tensor, TensorTree } from "@opt/core";
import { checkOptions, concatenate, describeValue, fail, nearest, slice } from "@opt/core";
import { show } from "./check.ts";
import type { Model } from "./model.ts";
import type { RecurrentCell } from "./recurrent-cell.ts";

/** What {@link unroll} gives. */
export interface Unrolled<State extends TensorTree> {
  /** The outputs of all steps, [batch, time, units]. */
  readonly outputs: Tensor;
  /** The state after the last step. */
  readonly state: State;
}

/** Checks a sequence [batch, time, features] of one step or more. */
function checkSequence(where: string, x: Tensor): { batch: number; time: number; features: number; dtype: "f32" | "f64" } {
  const [batch, time, features] = x.shape;
  const { dtype } = x;
  if (batch === undefined || time === undefined || features === undefined || x.rank !== 3 || time === 0) {
    return fail("shape", `${where}: x must have shape [batch, time, features] with one step or more; got ${show(x)}.`);
  }
  if (dtype !== "f32" && dtype !== "f64") return fail("dtype", `${where}: x must be f32 or f64; got ${show(x)}. Use cast(x, "f32").`);
  return { batch, time, features, dtype };
}

/** The outputs [batch, units] of all steps, in order, and the last state. */
function runSteps<Params extends TensorTree, State extends TensorTree>(
  where: string,
  cell: RecurrentCell<Params, State>,
  params: Params,
  x: Tensor,
  initial?: State,
): { outputs: readonly Tensor[]; state: State } {
  const { batch, time, features, dtype } = checkSequence(where, x);
  let state = initial ?? cell.initialState(batch, { dtype });
  const outputs = Array.from({ length: time }, (_, t) => {
    const step = cell.step(params, state, slice(x, 1, t, t + 1).reshape([batch, features]));
    ({ state } = step);
    return step.output;
  });
  return { outputs, state };
}

/** Joins outputs [batch, units] along a new axis of time. */
function alongTime(outputs: readonly Tensor[]): Tensor {
  return concatenate(outputs.map((output) => output.reshape([output.shape[0] ?? 0, 1, output.shape[1] ?? 0])), 1);
}

/**
 * Applies a recurrent cell to every step of a batch of sequences: `(yₜ, sₜ) = cell(sₜ₋₁, xₜ)`. The loop is unrolled, so derivatives flow back through all
 * of time.
 *
 * @param cell - The cell.
 * @param params - Its parameters, the same in every step.
 * @param x - The sequences, [batch, time, features].
 * @param state - The state before the first step, such as where an earlier part of a long sequence ended. Default `cell.initialState`.
 * @returns All outputs and the last state.
 * @throws OptError `shape` or `dtype`.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { simpleRecurrentCell, unroll } from "@opt/nn";
 *
 * const sum = simpleRecurrentCell({ inputs: 1, units: 1, activation: "linear" });
 * const params = { inputWeight: tensor([[1]]), recurrentWeight: tensor([[1]]), bias: tensor([0]) };
 * unroll(sum, params, tensor([[[1], [2], [3]]])).outputs.readSync(); // [1, 3, 6]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 10.2.
 */
export function unroll<Params extends TensorTree, State extends TensorTree>(
  cell: RecurrentCell<Params, State>,
  params: Params,
  x: Tensor,
  state?: State,
): Unrolled<State> {
  const steps = runSteps("unroll(cell, params, x)", cell, params, x, state);
  return { outputs: alongTime(steps.outputs), state: steps.state };
}

/** Options of {@link recurrent}. */
export interface RecurrentOptions {
  /** `last`: the output after the last step, [batch, units]; `all`: those of every step, [batch, time, units]. Default `last`. */
  readonly outputs?: "last" | "all";
}

/**
 * Makes a model of sequences from a recurrent cell, unrolled over time from the cell's initial state.
 *
 * @param cell - The cell, such as `lstmCell(…)`.
 * @param options - Which outputs.
 * @returns A model with the cell's parameters that maps [batch, time, features] to [batch, units], or to [batch, time, units] for another one on top.
 * @throws OptError `option` for a bad option; `apply` throws `shape` or `dtype`.
 *
 * @example
 * ```ts
 * import { key, zeros } from "@opt/core";
 * import { dense, lstmCell, recurrent, sequential, simpleRecurrentCell } from "@opt/nn";
 *
 * const model = sequential([
 *   recurrent(lstmCell({ inputs: 3, units: 16 }), { outputs: "all" }),
 *   recurrent(simpleRecurrentCell({ inputs: 16, units: 8 })),
 *   dense({ inputs: 8, outputs: 2 }),
 * ]);
 * model.apply(model.init(key(1)), zeros([4, 10, 3])).shape; // [4, 2]
 * ```
 */
export function recurrent<Params extends TensorTree, State extends TensorTree>(cell: RecurrentCell<Params, State>, options: RecurrentOptions = {}): Model<Params> {
  if (typeof cell?.step !== "function") fail("option", `recurrent(cell): must be a cell { init, initialState, step }, such as lstmCell(…); got ${describeValue(cell)}.`);
  checkOptions("recurrent", options, ["outputs"]);
  const { outputs: wanted = "last" } = options;
  if (wanted !== "last" && wanted !== "all") {
    const suggestion = typeof wanted === "string" ? nearest(wanted, ["last", "all"]) : undefined;
    fail("option", `recurrent({ outputs }): must be "last" or "all"; got ${describeValue(wanted)}.${suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`}`);
  }
  return {
    init: (key, initOptions) => cell.init(key, initOptions),
    apply: (params, x) => {
      const { outputs } = runSteps("recurrent.apply(params, x)", cell, params, x);
      return wanted === "all" ? alongTime(outputs) : (outputs.at(-1) ?? x);
    },
  };
}
