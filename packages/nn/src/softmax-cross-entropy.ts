import type { Tensor } from "@opt/core";
import { checkNumber, checkOptions, equal, exp, iota, less, lessEqual, log, logicalAnd, max, stopGradient, where } from "@opt/core";
import { checkLabels } from "./labels.ts";
import type { LossOptions } from "./reduction.ts";
import { reduceLoss } from "./reduction.ts";

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions extends LossOptions {
  /** The share s of the target that is spread over all classes: target `(1 − s) · onehot + s / classes`. In [0, 1). Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * The cross-entropy of softmax outputs with integer labels: `−ln softmax(logits)[label]`, the mean over the batch.
 *
 * Computed as `ln Σⱼ e^(zⱼ − max z) − (z_label − max z)`, so it neither overflows nor loses digits. A label outside
 * [0, classes) gives NaN, never a plausible number.
 *
 * @param logits - Unnormalized log-probabilities, [batch, classes].
 * @param labels - The class of each example, i32 [batch].
 * @param options - Reduction and label smoothing.
 * @returns A rank-0 tensor, or [batch] with `reduction: "none"`.
 * @throws OptError `shape`, `dtype` or `option`.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { softmaxCrossEntropy } from "@opt/nn";
 *
 * const logits = tensor([[2, 0, 0], [0, 2, 0]]);
 * const labels = tensor([0, 2], { dtype: "i32" });
 * softmaxCrossEntropy(logits, labels).item(); // 1.2395
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, equation 6.30; label smoothing: Szegedy et al., "Rethinking the
 * Inception architecture for computer vision", 2015, section 7, in the form of PyTorch's `cross_entropy`.
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor, options: SoftmaxCrossEntropyOptions = {}): Tensor {
  checkOptions("softmaxCrossEntropy", options, ["reduction", "labelSmoothing"]);
  const smoothing = checkNumber("softmaxCrossEntropy", "labelSmoothing", options.labelSmoothing ?? 0, { min: 0, below: 1 });
  const { batch, classes } = checkLabels("softmaxCrossEntropy", logits, labels);
  // The shift cancels in the result, so no derivative needs to flow through the maximum.
  const largest = stopGradient(max(logits, 1, { keepDims: true }));
  const shifted = logits.sub(largest);
  const isLabel = equal(labels.reshape([batch, 1]), iota([batch, classes], 1, { dtype: "i32" }));
  // Chosen from the shifted ones, so that this happens beside the exponentials, which leave the processor room for it.
  const chosen = where(isLabel, shifted, 0).sum(1);
  const target = smoothing === 0 ? chosen : chosen.mul(1 - smoothing).add(shifted.mean(1).mul(smoothing));
  const losses = log(exp(shifted).sum(1)).sub(target);
  const valid = logicalAnd(lessEqual(0, labels), less(labels, classes));
  return reduceLoss("softmaxCrossEntropy", where(valid, losses, Number.NaN), options.reduction);
}
