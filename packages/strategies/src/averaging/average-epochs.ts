import type { TensorTree } from "@opt/core";
import { describeValue, evaluate, fail } from "@opt/core";
import type { AverageState, PolyakAverage } from "./polyak-average.ts";

/** What {@link averageEpochs} makes. */
export interface EpochAverage<Params extends TensorTree> {
  /** The callback for `fit`: takes the parameters after each epoch into the average. */
  readonly onEpoch: (info: { readonly params: Params }) => void;
  /** The averaged parameters so far. */
  parameters(): Params;
  /** The average's state, to go on from in another call. */
  state(): AverageState<Params>;
}

/**
 * Averages the parameters at the end of each epoch, as a callback for `fit`: stochastic weight averaging, when the learning
 * rate stays high. To average after every step, use {@link withAverage}.
 *
 * @param average - What {@link polyakAverage} makes.
 * @param initial - The parameters to begin with, or the state of an earlier run.
 * @returns The callback `onEpoch`, and the averaged parameters.
 * @throws OptError `option` when `average` is not an average.
 * @see Izmailov and others, "Averaging weights leads to wider optima and better generalization", 2018.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { averageEpochs, polyakAverage } from "@opt/strategies";
 * import { fit } from "@opt/train";
 *
 * const start = tensor([0]);
 * const averaging = averageEpochs(polyakAverage({ start: 10 }), { params: start });
 * await fit({
 *   loss: (x, target: Tensor) => x.sub(target).pow(2).mean(),
 *   params: start,
 *   optimizer: sgd({ learningRate: 0.4 }),
 *   batches: (epoch) => [tensor([epoch % 2 === 0 ? 1 : 3])],
 *   epochs: 40,
 *   onEpoch: averaging.onEpoch,
 * });
 * averaging.parameters().readSync(); // [2.00]
 * ```
 */
export function averageEpochs<Params extends TensorTree>(
  average: PolyakAverage,
  initial: { readonly params: Params } | { readonly state: AverageState<Params> },
): EpochAverage<Params> {
  if (typeof average?.parameters !== "function") {
    fail("option", `averageEpochs(average): must have the functions init, update and parameters; got ${describeValue(average)}. Use polyakAverage().`);
  }
  let state = "state" in initial ? initial.state : average.init(initial.params);
  return {
    onEpoch: ({ params }) => {
      state = average.update(state, params);
      // The next step overwrites the parameters in place, so the average is computed now.
      evaluate(state);
    },
    parameters: () => average.parameters(state),
    state: () => state,
  };
}
