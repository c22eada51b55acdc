import type { Scalar, Schedule, Tensor } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail, scalar } from "@opt/core";
import type { AuxiliaryOutputs } from "./auxiliary-heads.ts";

/** Options of {@link auxiliaryLoss}. */
export interface AuxiliaryLossOptions {
  /** The weight w ≥ 0 of each head's loss: a number, or a schedule of the step, by which it fades. Default 0.3 (Szegedy et al. 2014). */
  readonly weight?: number | Schedule;
  /** The step, counted from 0, for a schedule: `step` of the context that `fit` gives to its loss. */
  readonly step?: Scalar;
}

/**
 * The loss of a model with auxiliary heads: `L(y) + w(t) · Σᵢ L(yᵢ)` for the trunk's output y and the heads' outputs yᵢ.
 *
 * The weight is computed on the host, so one that fades recompiles nothing. In an evaluation take the loss of `apply` alone.
 *
 * @param outputs - What `outputs` of {@link auxiliaryHeads} returns.
 * @param loss - The loss of one output, a rank-0 tensor.
 * @param options - The weight, and the step for one that fades.
 * @returns A rank-0 tensor.
 * @throws OptError `option` for a weight that is none, and for a schedule without a step.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { auxiliaryLoss, meanSquaredError } from "@opt/nn";
 *
 * const outputs = { output: tensor([1]), auxiliary: [tensor([2]), tensor([3])] };
 * const fade = (step: number) => 0.3 * Math.max(0, 1 - step / 1000);
 * const loss = (y: typeof outputs.output) => meanSquaredError(y, tensor([0]));
 * auxiliaryLoss(outputs, loss, { weight: fade, step: 500 }).item(); // 2.95
 * auxiliaryLoss(outputs, loss, { weight: fade, step: 1000 }).item(); // 1
 * ```
 *
 * @see Szegedy et al., "Going deeper with convolutions", 2014, section 5; Lee et al., "Deeply-supervised nets", 2014, where the weight decays.
 */
export function auxiliaryLoss(outputs: AuxiliaryOutputs, loss: (output: Tensor) => Tensor, options: AuxiliaryLossOptions = {}): Tensor {
  checkOptions("auxiliaryLoss", options, ["weight", "step"]);
  const weight = weightAt(options);
  return outputs.auxiliary.reduce((total, output) => total.add(loss(output).mul(weight)), loss(outputs.output));
}

function weightAt({ weight = 0.3, step }: AuxiliaryLossOptions): Scalar {
  if (typeof weight === "number") return checkNumber("auxiliaryLoss", "weight", weight, { min: 0 });
  if (typeof weight !== "function") return fail("option", `auxiliaryLoss({ weight }): must be a number ≥ 0 or a schedule, a function of the step; got ${describeValue(weight)}.`);
  if (step === undefined) return fail("option", "auxiliaryLoss({ step }): a weight that is a schedule needs the step; got undefined. Hand on context.step, the third argument of fit's loss.");
  return scalar(weight, step);
}
