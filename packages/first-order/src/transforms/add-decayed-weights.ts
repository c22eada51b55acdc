import type { Optimizer, Tensor, TensorTree } from "@opt/core";
import { checkOptions, treeMapWithPath } from "@opt/core";
import { checkMask } from "../check-mask.ts";
import type { Rate } from "../rate.ts";
import { checkRate, nextStep, rateAt } from "../rate.ts";
import type { StepState } from "../states.ts";

/** Chooses parameters by their path (`layers[0].weight`) and tensor. */
export type ParameterMask = (path: string, param: Tensor) => boolean;

/** Options of {@link addDecayedWeights}. */
export interface AddDecayedWeightsOptions {
  /** The coefficient λ ≥ 0, or a schedule of it. */
  readonly weightDecay: Rate;
  /** Which parameters decay. Default: all. */
  readonly mask?: ParameterMask;
}

/**
 * Adds a multiple of the parameters to the updates: `u ← u + λ_t θ`. Before moments are taken this is the gradient of the
 * penalty `λ/2 ‖θ‖²`; between them and the learning rate it is decoupled weight decay.
 *
 * @param options - λ and the mask.
 * @param where - The name under which mistakes are reported. Default `"addDecayedWeights"`.
 * @returns The transform; its state is the number of steps made.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { addDecayedWeights, chain, scaleByAdam, scaleByLearningRate } from "@opt/first-order";
 *
 * const decay = addDecayedWeights({ weightDecay: 0.01, mask: (path) => !path.endsWith("bias") });
 * const adamW = chain(scaleByAdam(), decay, scaleByLearningRate(0.001));
 * ```
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
 */
export function addDecayedWeights(options: AddDecayedWeightsOptions, where: string = "addDecayedWeights"): Optimizer<StepState> {
  checkOptions(where, options, ["weightDecay", "mask"]);
  const { weightDecay, mask } = options;
  checkRate(where, "weightDecay", weightDecay);
  checkMask(where, "mask", mask);
  return {
    init: (): StepState => ({ step: 0 }),
    update<P extends TensorTree>(gradients: P, state: StepState, params: P): { updates: P; state: StepState } {
      const next = { step: nextStep(state.step) };
      if (weightDecay === 0) return { updates: gradients, state: next };
      const factor = rateAt(weightDecay, state.step);
      const updates = treeMapWithPath((path, gradient, param) => {
        const decays = mask === undefined || mask(path, param);
        return decays ? gradient.add(param.mul(factor)) : gradient;
      }, gradients, params);
      return { updates, state: next };
    },
  };
}
