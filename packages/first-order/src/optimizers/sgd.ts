import type { Optimizer } from "@opt/core";
import { checkOptions } from "@opt/core";
import { chain } from "../chain.ts";
import { named } from "../named.ts";
import type { Rate } from "../rate.ts";
import type { StepState } from "../states.ts";
import { scaleByLearningRate } from "../transforms/scale-by-learning-rate.ts";
import type { WeightDecayOptions } from "./weight-decay.ts";
import { weightDecayLinks, weightDecayNames } from "./weight-decay.ts";

/** Options of {@link sgd}. */
export interface SgdOptions extends WeightDecayOptions {
  /** The learning rate ε ≥ 0, or a schedule of it. */
  readonly learningRate: Rate;
}

/** The state of {@link sgd}: the steps of the weight decay, of the learning rate, of the weight decay beside the step. */
export type SgdState = readonly [StepState, StepState, StepState];

/**
 * Stochastic gradient descent: `θ ← θ − ε_t g`.
 *
 * With a schedule that falls linearly to ε_τ at step τ it is the book's algorithm to the letter.
 *
 * @param options - The learning rate (no default: no value suits every problem) and weight decay.
 * @returns The optimizer; its state holds no tensors.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { sgd } from "@opt/first-order";
 *
 * const optimizer = sgd({ learningRate: (step) => 0.1 / (1 + 0.01 * step), weightDecay: 1e-4 });
 * ```
 * @see Robbins and Monro, "A stochastic approximation method", 1951.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.1.
 */
export function sgd(options: SgdOptions): Optimizer<SgdState> {
  checkOptions("sgd", options, ["learningRate", ...weightDecayNames]);
  const { learningRate } = options;
  const descend = scaleByLearningRate(learningRate, "sgd");
  const { decayGradient, decayParameters } = weightDecayLinks("sgd", options, learningRate);
  return named("sgd", chain(decayGradient, descend, decayParameters));
}
