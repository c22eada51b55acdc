import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, fullLike, greater, less, treeMap, where as choose, zerosLike } from "@opt/core";

/** Options of {@link scaleByDeltaBarDelta}. */
export interface ScaleByDeltaBarDeltaOptions {
  /** The learning rate that every parameter starts with, > 0. */
  readonly learningRate: number;
  /** What a rate gains while its gradient keeps its sign: κ ≥ 0. Default 0.01. */
  readonly increase?: number;
  /** The share that a rate loses when its gradient changes sign: φ in [0, 1). Default 0.1. */
  readonly decrease?: number;
  /** The decay θ of the averaged gradient, in [0, 1). Default 0.7. */
  readonly smoothing?: number;
}

/** The state of {@link scaleByDeltaBarDelta}: a learning rate and an averaged gradient for each parameter. */
export type ScaleByDeltaBarDeltaState = { readonly rates: TensorTree; readonly averages: TensorTree };

/**
 * Gives every single parameter its own learning rate and multiplies by it: with `δ = u` and `δ̄ ← (1 − θ) δ + θ δ̄`,
 * a rate changes by `+κ` where `δ̄ δ > 0`, by `−φ ε` where `δ̄ δ < 0` (δ̄ before its own update), and then `u ← −ε δ`.
 *
 * @param options - The first rate ε, κ, φ and θ.
 * @param where - The name under which mistakes are reported. Default `"scaleByDeltaBarDelta"`.
 * @returns The transform; its state holds two tensors for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { chain, clipByValue, scaleByDeltaBarDelta } from "@opt/first-order";
 *
 * const optimizer = chain(clipByValue(1), scaleByDeltaBarDelta({ learningRate: 0.01 }));
 * ```
 * @see Jacobs, "Increased rates of convergence through learning rate adaptation", 1988.
 */
export function scaleByDeltaBarDelta(
  options: ScaleByDeltaBarDeltaOptions,
  where: string = "scaleByDeltaBarDelta",
): Optimizer<ScaleByDeltaBarDeltaState> {
  checkOptions(where, options, ["learningRate", "increase", "decrease", "smoothing"]);
  const { learningRate, increase = 0.01, decrease = 0.1, smoothing = 0.7 } = options;
  checkNumber(where, "learningRate", learningRate, { above: 0 });
  checkNumber(where, "increase", increase, { min: 0 });
  checkNumber(where, "decrease", decrease, { min: 0, below: 1 });
  checkNumber(where, "smoothing", smoothing, { min: 0, below: 1 });
  return {
    init: (params: TensorTree): ScaleByDeltaBarDeltaState => ({
      rates: treeMap((param) => fullLike(param, learningRate), params),
      averages: treeMap(zerosLike, params),
    }),
    update<P extends TensorTree>(gradients: P, state: ScaleByDeltaBarDeltaState): { updates: P; state: ScaleByDeltaBarDeltaState } {
      const rates = treeMap((rate, average, gradient) => {
        const agreement = average.mul(gradient);
        const lowered = choose(less(agreement, 0), rate.mul(1 - decrease), rate);
        return choose(greater(agreement, 0), rate.add(increase), lowered);
      }, state.rates, state.averages, gradients);
      const averages = treeMap(
        (average, gradient) => gradient.mul(1 - smoothing).add(average.mul(smoothing)),
        state.averages,
        gradients,
      );
      const updates = treeMap((gradient, rate) => gradient.mul(rate).neg(), gradients, rates);
      return { updates, state: { rates, averages } };
    },
  };
}
