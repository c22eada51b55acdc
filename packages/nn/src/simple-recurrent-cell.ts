import type { Initializer, Tensor } from "@opt/core";
import { checkNumber, checkOptions, splitKey, zeros as zeroTensor } from "@opt/core";
import { glorotUniform, orthogonal, zeros } from "@opt/init";
import type { Activation, ActivationName } from "./activations.ts";
import { resolveActivation } from "./activations.ts";
import { checkInitializer, checkTensor } from "./check.ts";
import type { RecurrentCell, RecurrentParams } from "./recurrent-cell.ts";

/** Options of {@link simpleRecurrentCell}. */
export interface SimpleRecurrentCellOptions {
  /** The length of the input vectors, ≥ 1. */
  readonly inputs: number;
  /** The length of the state, ≥ 1. */
  readonly units: number;
  /** By name or as a function. Default `tanh`. */
  readonly activation?: ActivationName | Activation;
  /** Of the weight [inputs, units]. Default `glorotUniform()`. */
  readonly inputInitializer?: Initializer;
  /** Of the weight [units, units]. Default `orthogonal()`; `identity()` with `relu` remembers for longer. */
  readonly recurrentInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly biasInitializer?: Initializer;
}

/** The state of a simple recurrent cell: its last output. */
export type SimpleRecurrentState = { readonly hidden: Tensor };

/**
 * Makes the cell of a simple recurrent network: `hₜ = f(xₜ U + hₜ₋₁ W + b)`.
 *
 * @param options - Sizes, activation and initializers.
 * @returns The cell, with parameters `{ inputWeight, recurrentWeight, bias }` and the state `{ hidden }`, which starts at 0.
 * @throws OptError `option` for a bad option; `step` throws `shape` naming the tensor that does not fit.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { simpleRecurrentCell } from "@opt/nn";
 *
 * const sum = simpleRecurrentCell({ inputs: 1, units: 1, activation: "linear" });
 * const params = { inputWeight: tensor([[1]]), recurrentWeight: tensor([[1]]), bias: tensor([0]) };
 * const { state } = sum.step(params, sum.initialState(1), tensor([[2]]));
 * sum.step(params, state, tensor([[3]])).output.readSync(); // [5]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, equations 10.8 and 10.9; Elman, "Finding structure in time", 1990; Le, Jaitly and Hinton,
 * "A simple way to initialize recurrent networks of rectified linear units", 2015. PyTorch has two biases, which are one: their sum.
 */
export function simpleRecurrentCell(options: SimpleRecurrentCellOptions): RecurrentCell<RecurrentParams, SimpleRecurrentState> {
  checkOptions("simpleRecurrentCell", options, ["inputs", "units", "activation", "inputInitializer", "recurrentInitializer", "biasInitializer"]);
  const inputs = checkNumber("simpleRecurrentCell", "inputs", options?.inputs, { min: 1, integer: true });
  const units = checkNumber("simpleRecurrentCell", "units", options.units, { min: 1, integer: true });
  const { inputInitializer = glorotUniform(), recurrentInitializer = orthogonal(), biasInitializer = zeros() } = options;
  const activate = resolveActivation("simpleRecurrentCell", "activation", options.activation ?? "tanh");
  checkInitializer("simpleRecurrentCell", "inputInitializer", inputInitializer);
  checkInitializer("simpleRecurrentCell", "recurrentInitializer", recurrentInitializer);
  checkInitializer("simpleRecurrentCell", "biasInitializer", biasInitializer);
  return {
    init: (key, initOptions) => {
      const [inputKey, recurrentKey, biasKey] = splitKey(key, 3);
      return {
        inputWeight: inputInitializer(inputKey, [inputs, units], initOptions),
        recurrentWeight: recurrentInitializer(recurrentKey, [units, units], initOptions),
        bias: biasInitializer(biasKey, [units], initOptions),
      };
    },
    initialState: (batch, initOptions) => ({ hidden: zeroTensor([batch, units], initOptions) }),
    step: (params, state, x) => {
      const where = "simpleRecurrentCell.step(params, state, x)";
      const [batch = 0] = x.shape;
      checkTensor(where, "x", x, [batch, inputs]);
      checkTensor(where, "state.hidden", state.hidden, [batch, units]);
      checkTensor(where, "params.inputWeight", params.inputWeight, [inputs, units]);
      checkTensor(where, "params.recurrentWeight", params.recurrentWeight, [units, units]);
      checkTensor(where, "params.bias", params.bias, [units]);
      const hidden = activate(x.matmul(params.inputWeight).add(state.hidden.matmul(params.recurrentWeight)).add(params.bias));
      return { output: hidden, state: { hidden } };
    },
  };
}
