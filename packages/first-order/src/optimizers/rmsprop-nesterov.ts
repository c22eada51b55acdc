import type { Optimizer } from "@opt/core";
import { checkOptions } from "@opt/core";
import { chain } from "../chain.ts";
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

/** Options of {@link rmspropNesterov}. */
export interface RmspropNesterovOptions extends WeightDecayOptions, ScaleByRmsOptions {
  /** The learning rate ε ≥ 0, or a schedule of it. Default 0.001. */
  readonly learningRate?: Rate;
  /** The decay α of the velocity, in [0, 1). Default 0.9. */
  readonly momentum?: number;
}

/** The state of {@link rmspropNesterov}: the links of its chain, the averages at index 1, the velocity at index 3. */
export type RmspropNesterovState = readonly [StepState, ScaleByRmsState, StepState, TraceState, StepState];

/**
 * RMSProp with Nesterov momentum: `θ̃ = θ + α v`, `r ← ρ r + (1 − ρ) g(θ̃)²`, `v ← α v − ε_t g(θ̃) / √(δ + r)`,
 * `θ ← θ + v`.
 *
 * As in `nesterov` the interim point θ̃ is kept as the parameters; `withoutLookAhead` gives θ back. The book prints no δ
 * here; the default is that of its RMSProp, since without it a parameter whose gradient was always zero becomes 0 / 0.
 *
 * @param options - Learning rate, α, ρ, δ and its place, centering and weight decay.
 * @returns The optimizer; its state holds two tensors for each parameter, three when centered.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { rmspropNesterov } from "@opt/first-order";
 *
 * const optimizer = rmspropNesterov({ learningRate: 0.001, momentum: 0.9 });
 * ```
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.6.
 */
export function rmspropNesterov(options: RmspropNesterovOptions = {}): Optimizer<RmspropNesterovState> {
  checkOptions("rmspropNesterov", options, [
    "learningRate", "momentum", "decay", "epsilon", "epsilonInsideRoot", "centered", ...weightDecayNames,
  ]);
  const { learningRate = 0.001, momentum, decay, epsilon, epsilonInsideRoot, centered } = options;
  const descend = scaleByLearningRate(learningRate, "rmspropNesterov");
  const precondition = scaleByRms({ decay, epsilon, epsilonInsideRoot, centered }, "rmspropNesterov");
  const accumulate = trace({ momentum, nesterov: true }, "rmspropNesterov");
  const { decayGradient, decayParameters } = weightDecayLinks("rmspropNesterov", options, learningRate);
  return named("rmspropNesterov", chain(decayGradient, precondition, descend, accumulate, decayParameters));
}
