import type { Optimizer, Scalar, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, scalar, sqrt, square, treeMap, zerosLike } from "@opt/core";
import { checkChoice } from "../check-choice.ts";
import { nextStep } from "../rate.ts";

/** Options of {@link scaleByAdam}. */
export interface ScaleByAdamOptions {
  /** The decay β₁ of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** The decay β₂ of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** The constant δ ≥ 0 added to the root. Default 1e-8. */
  readonly epsilon?: number;
  /** A constant ≥ 0 added under the root, for derivatives through the optimizer. Default 0. */
  readonly epsilonRoot?: number;
  /**
   * Whether δ is added to the root of the bias-corrected second moment (`"corrected"`: the algorithm box, PyTorch, optax) or
   * of the raw one (`"uncorrected"`: the paper's "ε̂", Keras, TensorFlow). Default `"corrected"`.
   */
  readonly epsilonPlacement?: "corrected" | "uncorrected";
}

/** The state of {@link scaleByAdam}. */
export type ScaleByAdamState = { readonly step: Scalar; readonly firstMoment: TensorTree; readonly secondMoment: TensorTree };

/**
 * Divides a decaying mean of the updates by the root of a decaying mean of their squares, both corrected for their start at
 * zero: `s ← β₁ s + (1 − β₁) u`, `r ← β₂ r + (1 − β₂) u²`, `u ← (s / (1 − β₁ᵗ)) / (√(r / (1 − β₂ᵗ)) + δ)`.
 *
 * The corrections are computed in float64 also for f32 parameters.
 *
 * @param options - β₁, β₂, δ and where it goes.
 * @param where - The name under which mistakes are reported. Default `"scaleByAdam"`.
 * @returns The transform; its state holds two tensors for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { chain, scaleByAdam, scaleByLearningRate } from "@opt/first-order";
 *
 * const optimizer = chain(scaleByAdam({ beta2: 0.99 }), scaleByLearningRate(0.001));
 * ```
 * @see Kingma and Ba, "Adam: a method for stochastic optimization", 2015, Algorithm 1 and section 2.
 */
export function scaleByAdam(options: ScaleByAdamOptions = {}, where: string = "scaleByAdam"): Optimizer<ScaleByAdamState> {
  checkOptions(where, options, ["beta1", "beta2", "epsilon", "epsilonRoot", "epsilonPlacement"]);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, epsilonRoot = 0, epsilonPlacement = "corrected" } = options;
  checkNumber(where, "beta1", beta1, { min: 0, below: 1 });
  checkNumber(where, "beta2", beta2, { min: 0, below: 1 });
  checkNumber(where, "epsilon", epsilon, { min: 0 });
  checkNumber(where, "epsilonRoot", epsilonRoot, { min: 0 });
  checkChoice(where, "epsilonPlacement", epsilonPlacement, ["corrected", "uncorrected"]);
  const corrected = epsilonPlacement === "corrected";
  return {
    init: (params: TensorTree): ScaleByAdamState => ({
      step: 0,
      firstMoment: treeMap(zerosLike, params),
      secondMoment: treeMap(zerosLike, params),
    }),
    update<P extends TensorTree>(gradients: P, state: ScaleByAdamState): { updates: P; state: ScaleByAdamState } {
      const step = nextStep(state.step);
      const firstMoment = treeMap(
        (moment, gradient) => moment.mul(beta1).add(gradient.mul(1 - beta1)),
        state.firstMoment,
        gradients,
      );
      const secondMoment = treeMap(
        (moment, gradient) => moment.mul(beta2).add(square(gradient).mul(1 - beta2)),
        state.secondMoment,
        gradients,
      );
      // With both corrections in one factor, a parameter costs one root and one division: ŝ / (√(r̂ + δ′) + δ) =
      // (√c₂ / c₁) s / (√(r + c₂ δ′) + √c₂ δ) with c = 1 − βᵗ.
      const correction1 = scalar((t) => 1 - beta1 ** t, step);
      const correction2 = scalar((t) => 1 - beta2 ** t, step);
      const factor = scalar((first, second) => Math.sqrt(second) / first, correction1, correction2);
      const scaledEpsilon = corrected ? scalar((second) => Math.sqrt(second) * epsilon, correction2) : epsilon;
      const scaledRoot = corrected ? scalar((second) => second * epsilonRoot, correction2) : epsilonRoot;
      const updates = treeMap(
        (_gradient, s, r) => s.mul(factor).div(sqrt(epsilonRoot === 0 ? r : r.add(scaledRoot)).add(scaledEpsilon)),
        gradients, firstMoment, secondMoment,
      );
      return { updates, state: { step, firstMoment, secondMoment } };
    },
  };
}
