import type { Optimizer } from "@opt/core";
import { checkOptions } from "@opt/core";
import { chain } from "../chain.ts";
import { named } from "../named.ts";
import type { Rate } from "../rate.ts";
import type { StepState } from "../states.ts";
import type { ScaleByAdamOptions, ScaleByAdamState } from "../transforms/scale-by-adam.ts";
import { scaleByAdam } from "../transforms/scale-by-adam.ts";
import { scaleByLearningRate } from "../transforms/scale-by-learning-rate.ts";
import type { WeightDecayOptions } from "./weight-decay.ts";
import { weightDecayLinks, weightDecayNames } from "./weight-decay.ts";

/** Options of {@link adam}. */
export interface AdamOptions extends WeightDecayOptions, ScaleByAdamOptions {
  /** The learning rate ε ≥ 0, or a schedule of it. Default 0.001. */
  readonly learningRate?: Rate;
}

/** The state of {@link adam}: the links of its chain, with the moments at index 1. */
export type AdamState = readonly [StepState, ScaleByAdamState, StepState, StepState];

/**
 * Adam: `s ← β₁ s + (1 − β₁) g`, `r ← β₂ r + (1 − β₂) g²`, `ŝ = s / (1 − β₁ᵗ)`, `r̂ = r / (1 − β₂ᵗ)`,
 * `θ ← θ − ε_t ŝ / (√r̂ + δ)`.
 *
 * δ stands beside the corrected root as in the book, PyTorch and optax; Keras and TensorFlow have it beside the raw one
 * (`epsilonPlacement: "uncorrected"`, δ = 1e-7). `epsilonRoot` is optax's `eps_root`. Weight decay here is by default the
 * L2 penalty of PyTorch's `Adam`; decoupled decay is `adamW`.
 *
 * @param options - Learning rate, β₁, β₂, δ and its place, and weight decay.
 * @returns The optimizer; its state holds two tensors for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { adam } from "@opt/first-order";
 *
 * const optimizer = adam({ learningRate: 0.001, beta2: 0.99 });
 * ```
 * @see Kingma and Ba, "Adam: a method for stochastic optimization", 2015, Algorithm 1.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.7.
 */
export function adam(options: AdamOptions = {}): Optimizer<AdamState> {
  return adamFamily("adam", options);
}

/** What `adam` and `adamW` share: the same chain under two names. */
export function adamFamily(where: string, options: AdamOptions): Optimizer<AdamState> {
  checkOptions(where, options, ["learningRate", "beta1", "beta2", "epsilon", "epsilonRoot", "epsilonPlacement", ...weightDecayNames]);
  const { learningRate = 0.001, beta1, beta2, epsilon, epsilonRoot, epsilonPlacement } = options;
  const descend = scaleByLearningRate(learningRate, where);
  const precondition = scaleByAdam({ beta1, beta2, epsilon, epsilonRoot, epsilonPlacement }, where);
  const { decayGradient, decayParameters } = weightDecayLinks(where, options, learningRate);
  return named(where, chain(decayGradient, precondition, descend, decayParameters));
}
