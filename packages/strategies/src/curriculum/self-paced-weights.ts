import type { Scalar, Tensor } from "@opt/core";
import { cast, checkNumber, checkOptions, describeValue, fail, less, maximum, stopGradient, sub, Tensor as TensorClass } from "@opt/core";
import { checkChoice } from "../check.ts";

/** Options of {@link selfPacedWeights}. */
export interface SelfPacedOptions {
  /** λ > 0: the loss from which on an example is left out; raise it while training, by a number or a host scalar. */
  readonly threshold: Scalar;
  /** `hard`: 1 or 0; `linear`: less weight the nearer the threshold. Default `hard`. */
  readonly form?: "hard" | "linear";
}

/**
 * Weighs examples by how well the model does on them now: `wᵢ = 1` where Lᵢ < λ, else 0; or linear, `wᵢ = max(0, 1 − Lᵢ / λ)`.
 *
 * These are the weights in [0, 1] that minimize `Σ wᵢ Lᵢ − λ Σ wᵢ`, or with `λ Σ (½ wᵢ² − wᵢ)`; nothing is differentiated through them.
 *
 * @param losses - The loss of each example, [batch].
 * @param options - Threshold λ and form.
 * @returns The weights, [batch], for {@link weightedMean}.
 * @throws OptError `option`; `dtype` for losses that are not floating-point.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { selfPacedWeights } from "@opt/strategies";
 *
 * selfPacedWeights(tensor([0.5, 3]), { threshold: 1 }).readSync(); // [1, 0]
 * ```
 * @see Kumar, Packer and Koller, "Self-paced learning for latent variable models", 2010; Jiang and others, "Easy samples first", 2014 (linear).
 */
export function selfPacedWeights(losses: Tensor, options: SelfPacedOptions): Tensor {
  checkOptions("selfPacedWeights", options, ["threshold", "form"]);
  const { threshold, form = "hard" } = options;
  checkChoice("selfPacedWeights", "form", form, ["hard", "linear"]);
  if (typeof threshold === "number") checkNumber("selfPacedWeights", "threshold", threshold, { above: 0 });
  else if (!(threshold instanceof TensorClass)) fail("option", `selfPacedWeights({ threshold }): must be a number > 0 or a host scalar; got ${describeValue(threshold)}.`);
  const { dtype } = losses;
  if (dtype !== "f32" && dtype !== "f64") return fail("dtype", `selfPacedWeights(losses, options): losses must be f32 or f64; got ${dtype}.`);
  const fixed = stopGradient(losses);
  return form === "hard" ? cast(less(fixed, threshold), dtype) : maximum(sub(1, fixed.div(threshold)), 0);
}
