import type { Optimizer } from "@opt/core";
import { checkOptions } from "@opt/core";
import { chain } from "../chain.ts";
import { checkChoice } from "../check-choice.ts";
import { named } from "../named.ts";
import type { Rate } from "../rate.ts";
import type { StepState } from "../states.ts";
import { scaleByLearningRate } from "../transforms/scale-by-learning-rate.ts";
import type { ScaleByRmsOptions, ScaleByRmsState } from "../transforms/scale-by-rms.ts";
import { scaleByRms } from "../transforms/scale-by-rms.ts";
import type { TraceState } from "../transforms/trace.ts";
import { trace } from "../transforms/trace.ts";
import type { WeightDecayOptions } from "./weight-decay.ts";
import { weightDecayLinks, weightDecayNames } from "./weight-decay.ts";

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends WeightDecayOptions, ScaleByRmsOptions {
  /** The learning rate ε ≥ 0, or a schedule of it. Default 0.001. */
  readonly learningRate?: Rate;
  /** The decay α of a velocity, in [0, 1). Default 0: no velocity. */
  readonly momentum?: number;
  /** Whether the velocity holds the learning rate (Graves, Keras) or is multiplied by it (PyTorch). Default true. */
  readonly learningRateInside?: boolean;
}

/** The state of {@link rmsprop}: the links of its chain, with the averages at index 1; a velocity only with momentum. */
export type RmspropState = readonly [StepState, ScaleByRmsState, ...(StepState | TraceState)[]];

/**
 * RMSProp: `r ← ρ r + (1 − ρ) g²`, `θ ← θ − ε_t g / √(δ + r)`.
 *
 * The book's δ is 1e-6 inside the root, as in optax (1e-8) and Keras (1e-7); PyTorch adds 1e-8 outside
 * (`epsilonInsideRoot: false`) and has ρ = 0.99. With momentum `v ← α v − ε_t g / √(δ + r)`, `θ ← θ + v`.
 *
 * @param options - Learning rate, ρ, δ and its place, centering, momentum and weight decay.
 * @returns The optimizer; its state holds one tensor for each parameter, one more when centered, one more with momentum.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { rmsprop } from "@opt/first-order";
 *
 * const optimizer = rmsprop({ learningRate: 0.001, momentum: 0.9, centered: true });
 * ```
 * @see Tieleman and Hinton, "Lecture 6.5: rmsprop", COURSERA, 2012.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.5.
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer<RmspropState> {
  checkOptions("rmsprop", options, [
    "learningRate", "decay", "epsilon", "epsilonInsideRoot", "centered", "momentum", "learningRateInside", ...weightDecayNames,
  ]);
  const { learningRate = 0.001, decay, epsilon, epsilonInsideRoot, centered, momentum = 0, learningRateInside = true } = options;
  checkChoice("rmsprop", "learningRateInside", learningRateInside, [true, false]);
  const descend = scaleByLearningRate(learningRate, "rmsprop");
  const precondition = scaleByRms({ decay, epsilon, epsilonInsideRoot, centered }, "rmsprop");
  const accumulate = trace({ momentum }, "rmsprop");
  const { decayGradient, decayParameters } = weightDecayLinks("rmsprop", options, learningRate);
  const plain = chain(decayGradient, precondition, descend, decayParameters);
  const rateInside = chain(decayGradient, precondition, descend, accumulate, decayParameters);
  const rateOutside = chain(decayGradient, precondition, accumulate, descend, decayParameters);
  const optimizer: Optimizer<RmspropState> = momentum === 0 ? plain : learningRateInside ? rateInside : rateOutside;
  return named("rmsprop", optimizer);
}
