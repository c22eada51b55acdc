import { checkNumber } from "@opt/core";

/** What {@link stopAfterSteps} makes: two options for `fit`. */
export interface StepLimit {
  /** The callback for `fit`. */
  readonly onStep: (info: { readonly step: number }) => void;
  /** The signal for `fit`. */
  readonly signal: AbortSignal;
}

/**
 * Ends training after a number of steps, wherever in an epoch that is: for retraining on all data as long as early stopping
 * found best.
 *
 * @param steps - The number of steps; an integer ≥ 1.
 * @returns The options `onStep` and `signal` for `fit`; one object serves one run.
 * @throws OptError `option` for another number.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, Algorithm 7.2.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { stopAfterSteps } from "@opt/strategies";
 * import { fit } from "@opt/train";
 *
 * const { steps } = await fit({
 *   loss: (x, target) => x.sub(target).pow(2).mean(),
 *   params: tensor([0]),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   batches: () => [tensor([1]), tensor([2])],
 *   epochs: 100,
 *   ...stopAfterSteps(7),
 * });
 * steps; // 7
 * ```
 */
export function stopAfterSteps(steps: number): StepLimit {
  checkNumber("stopAfterSteps", "steps", steps, { min: 1, integer: true });
  const controller = new AbortController();
  return {
    onStep: ({ step }) => {
      if (step >= steps) controller.abort();
    },
    signal: controller.signal,
  };
}
