import type { Initializer, Tensor } from "@opt/core";
import { checkNumber, checkOptions, sigmoid, slice, splitKey, tanh, zeros } from "@opt/core";
import { gateBias, glorotUniform, orthogonal } from "@opt/init";
import { checkInitializer, checkTensor } from "./check.ts";
import type { RecurrentCell, RecurrentParams } from "./recurrent-cell.ts";
import { drawGates } from "./recurrent-cell.ts";

/** Options of {@link lstmCell}. */
export interface LstmCellOptions {
  /** The length of the input vectors, ≥ 1. */
  readonly inputs: number;
  /** The length of the output and of the memory, ≥ 1. */
  readonly units: number;
  /** Where the biases of the forget gate start; the others start at 0. Default 1, so that the memory is kept at first; PyTorch has none of this. */
  readonly forgetBias?: number;
  /** Of the weight [inputs, units] of each gate by itself. Default `glorotUniform()`. */
  readonly inputInitializer?: Initializer;
  /** Of the weight [units, units] of each gate by itself. Default `orthogonal()`. */
  readonly recurrentInitializer?: Initializer;
}

/** The state of an LSTM cell: its last output and its memory, [batch, units] each. */
export type LstmState = { readonly hidden: Tensor; readonly memory: Tensor };

/** Input, forget, candidate, output: in this order the gates lie side by side, as in PyTorch. */
const gates = 4;

/**
 * Makes the cell of a long short-term memory network: with `[i, f, g, o] = xₜ U + hₜ₋₁ W + b`, `cₜ = σ(f) · cₜ₋₁ + σ(i) · tanh(g)` and
 * `hₜ = σ(o) · tanh(cₜ)`.
 *
 * @param options - Sizes, the forget gate's bias and initializers.
 * @returns The cell, with parameters `{ inputWeight, recurrentWeight, bias }`, the gates' columns in the order input, forget, candidate, output, and
 * the state `{ hidden, memory }`, which starts at 0.
 * @throws OptError `option` for a bad option; `step` throws `shape` naming the tensor that does not fit.
 *
 * @example
 * ```ts
 * import { key, zeros } from "@opt/core";
 * import { lstmCell } from "@opt/nn";
 *
 * const cell = lstmCell({ inputs: 3, units: 2 });
 * const params = cell.init(key(1));
 * params.bias.readSync(); // [0, 0, 1, 1, 0, 0, 0, 0]
 * const { output, state } = cell.step(params, cell.initialState(5), zeros([5, 3]));
 * output.shape; // [5, 2]
 * state.memory.shape; // [5, 2]
 * ```
 *
 * @see Hochreiter and Schmidhuber, "Long short-term memory", 1997; Gers, Schmidhuber and Cummins, "Learning to forget", 2000; Jozefowicz, Zaremba
 * and Sutskever, "An empirical exploration of recurrent network architectures", 2015, for the bias of 1; Goodfellow, Bengio and Courville, Deep
 * Learning, section 10.10.1, which squashes the candidate by σ instead of tanh.
 */
export function lstmCell(options: LstmCellOptions): RecurrentCell<RecurrentParams, LstmState> {
  checkOptions("lstmCell", options, ["inputs", "units", "forgetBias", "inputInitializer", "recurrentInitializer"]);
  const inputs = checkNumber("lstmCell", "inputs", options?.inputs, { min: 1, integer: true });
  const units = checkNumber("lstmCell", "units", options.units, { min: 1, integer: true });
  const forgetBias = checkNumber("lstmCell", "forgetBias", options.forgetBias ?? 1);
  const { inputInitializer = glorotUniform(), recurrentInitializer = orthogonal() } = options;
  checkInitializer("lstmCell", "inputInitializer", inputInitializer);
  checkInitializer("lstmCell", "recurrentInitializer", recurrentInitializer);
  const biasInitializer = gateBias({ input: 0, forget: forgetBias, candidate: 0, output: 0 });
  const columns = gates * units;
  return {
    init: (key, initOptions) => {
      const [inputKey, recurrentKey, biasKey] = splitKey(key, 3);
      return {
        inputWeight: drawGates(inputInitializer, inputKey, inputs, units, gates, initOptions),
        recurrentWeight: drawGates(recurrentInitializer, recurrentKey, units, units, gates, initOptions),
        bias: biasInitializer(biasKey, [columns], initOptions),
      };
    },
    initialState: (batch, initOptions) => ({ hidden: zeros([batch, units], initOptions), memory: zeros([batch, units], initOptions) }),
    step: (params, state, x) => {
      const where = "lstmCell.step(params, state, x)";
      const [batch = 0] = x.shape;
      checkTensor(where, "x", x, [batch, inputs]);
      checkTensor(where, "state.hidden", state.hidden, [batch, units]);
      checkTensor(where, "state.memory", state.memory, [batch, units]);
      checkTensor(where, "params.inputWeight", params.inputWeight, [inputs, columns]);
      checkTensor(where, "params.recurrentWeight", params.recurrentWeight, [units, columns]);
      checkTensor(where, "params.bias", params.bias, [columns]);
      const sums = x.matmul(params.inputWeight).add(state.hidden.matmul(params.recurrentWeight)).add(params.bias);
      const gate = (index: number): Tensor => slice(sums, 1, index * units, (index + 1) * units);
      const memory = sigmoid(gate(1)).mul(state.memory).add(sigmoid(gate(0)).mul(tanh(gate(2))));
      const hidden = sigmoid(gate(3)).mul(tanh(memory));
      return { output: hidden, state: { hidden, memory } };
    },
  };
}
