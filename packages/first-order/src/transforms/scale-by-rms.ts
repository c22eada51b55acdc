import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, maximum, sqrt, square, treeMap, zerosLike } from "@opt/core";
import { checkChoice } from "../check-choice.ts";

/** Options of {@link scaleByRms}. */
export interface ScaleByRmsOptions {
  /** The decay ρ of the averages, in [0, 1). Default 0.9. */
  readonly decay?: number;
  /** The constant δ ≥ 0 that keeps the division finite. Default 1e-6. */
  readonly epsilon?: number;
  /** Divide by `√(δ + r)`; false: by `√r + δ`. Default true. */
  readonly epsilonInsideRoot?: boolean;
  /** Subtract the squared average of the gradients, which leaves an estimate of their variance. Default false. */
  readonly centered?: boolean;
}

/** The state of {@link scaleByRms}; `mean` is an empty list unless centered. */
export type ScaleByRmsState = { readonly meanSquare: TensorTree; readonly mean: TensorTree };

/**
 * Divides updates by a decaying root mean square of themselves: `r ← ρ r + (1 − ρ) u²`, `u ← u / √(δ + r)`. Centered:
 * `m ← ρ m + (1 − ρ) u` and `r − m²` in place of `r`.
 *
 * Rounding can make `r − m²` slightly negative; it is then taken as 0, where PyTorch gives NaN.
 *
 * @param options - ρ, δ, its place, centering.
 * @param where - The name under which mistakes are reported. Default `"scaleByRms"`.
 * @returns The transform; its state holds one tensor for each parameter, two when centered.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { chain, scaleByLearningRate, scaleByRms } from "@opt/first-order";
 *
 * const optimizer = chain(scaleByRms({ centered: true }), scaleByLearningRate(0.001));
 * ```
 * @see Tieleman and Hinton, "Lecture 6.5: rmsprop", COURSERA, 2012.
 * @see Graves, "Generating sequences with recurrent neural networks", 2013, equations 38 to 41 (centered).
 */
export function scaleByRms(options: ScaleByRmsOptions = {}, where: string = "scaleByRms"): Optimizer<ScaleByRmsState> {
  checkOptions(where, options, ["decay", "epsilon", "epsilonInsideRoot", "centered"]);
  const { decay = 0.9, epsilon = 1e-6, epsilonInsideRoot = true, centered = false } = options;
  checkNumber(where, "decay", decay, { min: 0, below: 1 });
  checkNumber(where, "epsilon", epsilon, { min: 0 });
  checkChoice(where, "epsilonInsideRoot", epsilonInsideRoot, [true, false]);
  checkChoice(where, "centered", centered, [false, true]);
  return {
    init: (params: TensorTree): ScaleByRmsState => ({
      meanSquare: treeMap(zerosLike, params),
      mean: centered ? treeMap(zerosLike, params) : [],
    }),
    update<P extends TensorTree>(gradients: P, state: ScaleByRmsState): { updates: P; state: ScaleByRmsState } {
      const meanSquare = treeMap(
        (average, gradient) => average.mul(decay).add(square(gradient).mul(1 - decay)),
        state.meanSquare,
        gradients,
      );
      const mean = centered
        ? treeMap((average, gradient) => average.mul(decay).add(gradient.mul(1 - decay)), state.mean, gradients)
        : state.mean;
      const power = centered
        ? treeMap((average, center) => maximum(average.sub(square(center)), 0), meanSquare, mean)
        : meanSquare;
      const updates = treeMap((gradient, r) => {
        const root = epsilonInsideRoot ? sqrt(r.add(epsilon)) : sqrt(r).add(epsilon);
        return gradient.div(root);
      }, gradients, power);
      return { updates, state: { meanSquare, mean } };
    },
  };
}
