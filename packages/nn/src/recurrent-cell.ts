import type { Initializer, Key, Tensor, TensorTree } from "@opt/core";
import { concatenate, splitKey } from "@opt/core";
import type { ModelInitOptions } from "./model.ts";

/** What a step of a recurrent cell gives. */
export interface RecurrentStep<State extends TensorTree> {
  /** What the cell shows to the outside, [batch, units]. */
  readonly output: Tensor;
  /** What it remembers. */
  readonly state: State;
}

/**
 * One step of a recurrent network: pure functions over a tree of parameters and a tree that is the state. Anything of this form is a cell; `recurrent`
 * applies it to sequences.
 */
export interface RecurrentCell<Params extends TensorTree = TensorTree, State extends TensorTree = TensorTree> {
  /** Draws fresh parameters; the same key gives the same bits. */
  init(key: Key, options?: ModelInitOptions): Params;
  /** The state before the first step. */
  initialState(batch: number, options?: ModelInitOptions): State;
  /** Takes the inputs of one step, [batch, inputs], and the state before it. */
  step(params: Params, state: State, x: Tensor): RecurrentStep<State>;
}

/** The parameters of the recurrent cells: what multiplies the input, what multiplies the state, and the bias. */
export type RecurrentParams = {
  /** [inputs, units], or [inputs, gates · units]. */
  readonly inputWeight: Tensor;
  /** [units, units], or [units, gates · units]. */
  readonly recurrentWeight: Tensor;
  /** [units], or [gates · units]. */
  readonly bias: Tensor;
};

/** Draws a matrix whose columns belong to several gates, for each gate by itself, so that an initializer sees the gate's own shape. @internal */
export function drawGates(initializer: Initializer, key: Key, rows: number, units: number, gates: number, options?: ModelInitOptions): Tensor {
  return concatenate(splitKey(key, gates).map((gateKey) => initializer(gateKey, [rows, units], options)), 1);
}
