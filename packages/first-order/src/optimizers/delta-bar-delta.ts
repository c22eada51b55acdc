import type { Optimizer } from "@opt/core";
import { checkOptions } from "@opt/core";
import { chain } from "../chain.ts";
import { named } from "../named.ts";
import type { StepState } from "../states.ts";
import type { ScaleByDeltaBarDeltaOptions, ScaleByDeltaBarDeltaState } from "../transforms/scale-by-delta-bar-delta.ts";
import { scaleByDeltaBarDelta } from "../transforms/scale-by-delta-bar-delta.ts";
import type { WeightDecayOptions } from "./weight-decay.ts";
import { weightDecayLinks, weightDecayNames } from "./weight-decay.ts";

/** Options of {@link deltaBarDelta}. */
export interface DeltaBarDeltaOptions extends WeightDecayOptions, ScaleByDeltaBarDeltaOptions {}

/** The state of {@link deltaBarDelta}: the links of its chain, with rates and averages at index 1. */
export type DeltaBarDeltaState = readonly [StepState, ScaleByDeltaBarDeltaState, StepState];

/**
 * Delta-bar-delta: every single parameter has its own learning rate, which grows by κ while the gradient keeps the sign of
 * its average δ̄ and shrinks by the share φ when it changes sign: `θ ← θ − ε g` with that rate.
 *
 * Made for full batches: the noise of small ones changes signs all the time. The paper prescribes no values; the defaults
 * κ = 0.01, φ = 0.1 and θ = 0.7 are middling ones, and κ should be small beside the rate. With
 * `weightDecayForm: "lr-coupled"` the decay is multiplied by the rate that the parameters start with.
 *
 * @param options - The first learning rate, κ, φ, θ and weight decay.
 * @returns The optimizer; its state holds two tensors for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { deltaBarDelta } from "@opt/first-order";
 *
 * const optimizer = deltaBarDelta({ learningRate: 0.01, increase: 0.001 });
 * ```
 * @see Jacobs, "Increased rates of convergence through learning rate adaptation", 1988.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 8.5.
 */
export function deltaBarDelta(options: DeltaBarDeltaOptions): Optimizer<DeltaBarDeltaState> {
  checkOptions("deltaBarDelta", options, ["learningRate", "increase", "decrease", "smoothing", ...weightDecayNames]);
  const { learningRate, increase, decrease, smoothing } = options;
  const adapt = scaleByDeltaBarDelta({ learningRate, increase, decrease, smoothing }, "deltaBarDelta");
  const { decayGradient, decayParameters } = weightDecayLinks("deltaBarDelta", options, learningRate);
  return named("deltaBarDelta", chain(decayGradient, adapt, decayParameters));
}
