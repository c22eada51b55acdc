import type { Optimizer, TensorTree } from "@opt/core";
import { checkOptions, scalar, treeMapWithPath } from "@opt/core";
import { checkMask } from "../check-mask.ts";
import type { Rate } from "../rate.ts";
import { checkRate, nextStep, rateAt } from "../rate.ts";
import type { StepState } from "../states.ts";
import type { ParameterMask } from "./add-decayed-weights.ts";

/** Options of {@link shrinkWeights}. */
export interface ShrinkWeightsOptions {
  /** The coefficient λ ≥ 0, or a schedule of it. */
  readonly weightDecay: Rate;
  /** A rate ε ≥ 0 that λ is multiplied by, or a schedule of it. Default 1. */
  readonly learningRate?: Rate;
  /** Which parameters shrink. Default: all. */
  readonly mask?: ParameterMask;
}

/**
 * Subtracts a multiple of the parameters from finished updates: `u ← u − ε_t λ_t θ`. As the last link of a chain it is
 * weight decay that passes through no moment and no momentum.
 *
 * @param options - λ, ε and the mask.
 * @param where - The name under which mistakes are reported. Default `"shrinkWeights"`.
 * @returns The transform; its state is the number of steps made.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { chain, scaleByAdam, scaleByLearningRate, shrinkWeights } from "@opt/first-order";
 *
 * const optimizer = chain(scaleByAdam(), scaleByLearningRate(0.001), shrinkWeights({ weightDecay: 1e-5 }));
 * ```
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, Algorithm 2.
 */
export function shrinkWeights(options: ShrinkWeightsOptions, where: string = "shrinkWeights"): Optimizer<StepState> {
  checkOptions(where, options, ["weightDecay", "learningRate", "mask"]);
  const { weightDecay, learningRate = 1, mask } = options;
  checkRate(where, "weightDecay", weightDecay);
  checkRate(where, "learningRate", learningRate);
  checkMask(where, "mask", mask);
  return {
    init: (): StepState => ({ step: 0 }),
    update<P extends TensorTree>(gradients: P, state: StepState, params: P): { updates: P; state: StepState } {
      const next = { step: nextStep(state.step) };
      if (weightDecay === 0) return { updates: gradients, state: next };
      const factor = scalar((rate, decay) => rate * decay, rateAt(learningRate, state.step), rateAt(weightDecay, state.step));
      const updates = treeMapWithPath((path, gradient, param) => {
        const shrinks = mask === undefined || mask(path, param);
        return shrinks ? gradient.sub(param.mul(factor)) : gradient;
      }, gradients, params);
      return { updates, state: next };
    },
  };
}
