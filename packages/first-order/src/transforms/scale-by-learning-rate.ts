import type { Optimizer, TensorTree } from "@opt/core";
import { scalar, treeMap } from "@opt/core";
import type { Rate } from "../rate.ts";
import { checkRate, nextStep, rateAt } from "../rate.ts";
import type { StepState } from "../states.ts";

/**
 * Multiplies every update by the negative learning rate: `u ← −ε_t · u`, which turns a direction of ascent into a step
 * of descent.
 *
 * @param learningRate - The rate ε ≥ 0, or a schedule of it over this transform's own steps, counted from 0.
 * @param where - The name under which mistakes are reported. Default `"scaleByLearningRate"`.
 * @returns The transform; its state is the number of steps made.
 * @throws OptError `option` when the rate is neither a number ≥ 0 nor a function.
 *
 * @example
 * ```ts
 * import { chain, clipByValue, scaleByLearningRate } from "@opt/first-order";
 *
 * const optimizer = chain(clipByValue(1), scaleByLearningRate((step) => 0.1 / (1 + step)));
 * ```
 */
export function scaleByLearningRate(learningRate: Rate, where: string = "scaleByLearningRate"): Optimizer<StepState> {
  checkRate(where, "learningRate", learningRate);
  return {
    init: (): StepState => ({ step: 0 }),
    update<P extends TensorTree>(gradients: P, state: StepState): { updates: P; state: StepState } {
      const factor = scalar((rate) => -rate, rateAt(learningRate, state.step));
      return {
        updates: treeMap((gradient) => gradient.mul(factor), gradients),
        state: { step: nextStep(state.step) },
      };
    },
  };
}
