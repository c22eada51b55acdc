import type { Optimizer } from "@opt/core";
import { checkChoice } from "../check-choice.ts";
import { checkMask } from "../check-mask.ts";
import type { Rate } from "../rate.ts";
import { checkRate } from "../rate.ts";
import type { StepState } from "../states.ts";
import type { ParameterMask } from "../transforms/add-decayed-weights.ts";
import { addDecayedWeights } from "../transforms/add-decayed-weights.ts";
import { shrinkWeights } from "../transforms/shrink-weights.ts";

/**
 * Where weight decay enters.
 *
 * - `"l2"`: `g ← g + λ θ` before everything else, the gradient of a penalty (PyTorch's `SGD` and `Adam`);
 * - `"lr-coupled"`: `θ ← θ − ε_t λ θ` beside the step (AdamW in PyTorch, optax and Keras);
 * - `"independent"`: `θ ← θ − λ_t θ` beside the step, untouched by the learning rate (AdamW in its paper).
 */
export type WeightDecayForm = "l2" | "lr-coupled" | "independent";

/** The options about weight decay that every optimizer has. */
export interface WeightDecayOptions {
  /** The coefficient λ ≥ 0, or a schedule of it. Default 0. */
  readonly weightDecay?: Rate;
  /** Where it enters. Default `"l2"`. */
  readonly weightDecayForm?: WeightDecayForm;
  /** Which parameters decay, by path and tensor. Default: all. */
  readonly weightDecayMask?: ParameterMask;
}

/** The names of {@link WeightDecayOptions}, for the check of unknown names. */
export const weightDecayNames: readonly string[] = ["weightDecay", "weightDecayForm", "weightDecayMask"];

/** The first and the last link of an optimizer's chain. */
export interface WeightDecayLinks {
  /** What joins the gradient: active in the form `"l2"`. */
  readonly decayGradient: Optimizer<StepState>;
  /** What shrinks the parameters beside the step: active in the other forms. */
  readonly decayParameters: Optimizer<StepState>;
}

/**
 * Makes the two links from an optimizer's options. Both always stand in the chain, so that the state has the same
 * arrangement whatever the options; the inactive one passes everything on.
 *
 * @param where - The optimizer, for messages.
 * @param options - The optimizer's options.
 * @param learningRate - The optimizer's learning rate.
 * @returns The links for the beginning and the end of the chain.
 * @throws OptError `option` for a value out of range.
 */
export function weightDecayLinks(where: string, options: WeightDecayOptions, learningRate: Rate): WeightDecayLinks {
  const { weightDecay = 0, weightDecayForm = "l2", weightDecayMask: mask } = options;
  checkRate(where, "weightDecay", weightDecay);
  checkChoice(where, "weightDecayForm", weightDecayForm, ["l2", "lr-coupled", "independent"]);
  checkMask(where, "weightDecayMask", mask);
  return {
    decayGradient: addDecayedWeights({ weightDecay: weightDecayForm === "l2" ? weightDecay : 0, mask }, where),
    decayParameters: shrinkWeights({
      weightDecay: weightDecayForm === "l2" ? 0 : weightDecay,
      learningRate: weightDecayForm === "lr-coupled" ? learningRate : 1,
      mask,
    }, where),
  };
}
