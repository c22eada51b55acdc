import type { Optimizer } from "@opt/core";
import { checkOptions } from "@opt/core";
import { chain } from "../chain.ts";
import { checkChoice } from "../check-choice.ts";
import { named } from "../named.ts";
import type { Rate } from "../rate.ts";
import type { StepState } from "../states.ts";
import { scaleByLearningRate } from "../transforms/scale-by-learning-rate.ts";
import type { TraceState } from "../transforms/trace.ts";
import { trace } from "../transforms/trace.ts";
import type { WeightDecayOptions } from "./weight-decay.ts";
import { weightDecayLinks, weightDecayNames } from "./weight-decay.ts";

/** Options of {@link momentum}. */
export interface MomentumOptions extends WeightDecayOptions {
  /** The learning rate ε ≥ 0, or a schedule of it. */
  readonly learningRate: Rate;
  /** The decay α of the velocity, in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** The share of each gradient that is kept out of the velocity, in [0, 1); the first one enters whole. Default 0. */
  readonly dampening?: number;
  /** Whether the velocity holds the learning rate (the book) or is multiplied by it (PyTorch, optax). Default true. */
  readonly learningRateInside?: boolean;
}

/** The state of {@link momentum}: the links of its chain, with the velocity at index 2, or 1 with the rate outside. */
export type MomentumState = readonly [StepState, StepState | TraceState, StepState | TraceState, StepState];

/**
 * Gradient descent with momentum, the heavy ball: `v ← α v − ε_t g`, `θ ← θ + v`.
 *
 * PyTorch and optax keep `b ← α b + (1 − dampening) g`, `θ ← θ − ε_t b`; that is the same while the rate is constant, and
 * `learningRateInside: false` here.
 *
 * @param options - Learning rate, α, dampening, the form and weight decay.
 * @returns The optimizer; its state holds one tensor for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { momentum } from "@opt/first-order";
 *
 * const optimizer = momentum({ learningRate: 0.01, momentum: 0.9 });
 * ```
 * @see Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.2.
 */
export function momentum(options: MomentumOptions): Optimizer<MomentumState> {
  checkOptions("momentum", options, ["learningRate", "momentum", "dampening", "learningRateInside", ...weightDecayNames]);
  const { learningRate, learningRateInside = true } = options;
  checkChoice("momentum", "learningRateInside", learningRateInside, [true, false]);
  const descend = scaleByLearningRate(learningRate, "momentum");
  const accumulate = trace({ momentum: options.momentum, dampening: options.dampening }, "momentum");
  const { decayGradient, decayParameters } = weightDecayLinks("momentum", options, learningRate);
  const optimizer: Optimizer<MomentumState> = learningRateInside
    ? chain(decayGradient, descend, accumulate, decayParameters)
    : chain(decayGradient, accumulate, descend, decayParameters);
  return named("momentum", optimizer);
}
