import type { Optimizer } from "@opt/core";
import { checkOptions } from "@opt/core";
import { chain } from "../chain.ts";
import { named } from "../named.ts";
import type { Rate } from "../rate.ts";
import type { StepState } from "../states.ts";
import type { ScaleByAdagradOptions, ScaleByAdagradState } from "../transforms/scale-by-adagrad.ts";
import { scaleByAdagrad } from "../transforms/scale-by-adagrad.ts";
import { scaleByLearningRate } from "../transforms/scale-by-learning-rate.ts";
import type { WeightDecayOptions } from "./weight-decay.ts";
import { weightDecayLinks, weightDecayNames } from "./weight-decay.ts";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends WeightDecayOptions, ScaleByAdagradOptions {
  /** The learning rate ε ≥ 0, or a schedule of it. Default 0.01. */
  readonly learningRate?: Rate;
}

/** The state of {@link adagrad}: the links of its chain, with the sum of squares at index 1. */
export type AdagradState = readonly [StepState, ScaleByAdagradState, StepState, StepState];

/**
 * AdaGrad: `r ← r + g²`, `θ ← θ − ε_t g / (δ + √r)`.
 *
 * The book's δ is 1e-7 outside the root. PyTorch: 1e-10 outside; Keras and optax: 1e-7 inside the root
 * (`epsilonInsideRoot`), starting the sum at 0.1 (`initialAccumulator`).
 *
 * @param options - Learning rate, δ and its place, the sum's start and weight decay.
 * @returns The optimizer; its state holds one tensor for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { adagrad } from "@opt/first-order";
 *
 * const optimizer = adagrad({ learningRate: 0.1 });
 * ```
 * @see Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.4.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer<AdagradState> {
  checkOptions("adagrad", options, ["learningRate", "epsilon", "epsilonInsideRoot", "initialAccumulator", ...weightDecayNames]);
  const { learningRate = 0.01, epsilon, epsilonInsideRoot, initialAccumulator } = options;
  const descend = scaleByLearningRate(learningRate, "adagrad");
  const precondition = scaleByAdagrad({ epsilon, epsilonInsideRoot, initialAccumulator }, "adagrad");
  const { decayGradient, decayParameters } = weightDecayLinks("adagrad", options, learningRate);
  return named("adagrad", chain(decayGradient, precondition, descend, decayParameters));
}
