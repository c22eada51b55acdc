import type { Tensor } from "@opt/core";
import { checkOptions } from "@opt/core";
import type { LossOptions } from "./reduction.ts";
import { checkSameShape, reduceLoss } from "./reduction.ts";
import { softplusParts } from "./softplus.ts";

/**
 * The binary cross-entropy of sigmoid outputs, from logits: `−y ln σ(x) − (1 − y) ln(1 − σ(x))`, the mean over all elements.
 *
 * Computed as `max(x, 0) − x y + ln(1 + e^−|x|)`, so it neither overflows nor loses digits.
 *
 * @param logits - Log-odds x, of any shape.
 * @param targets - Probabilities y in [0, 1] of the same shape and dtype; nothing is broadcast.
 * @param options - Reduction.
 * @returns A rank-0 tensor, or the logits' shape with `reduction: "none"`.
 * @throws OptError `shape` when the shapes differ; `option`.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { binaryCrossEntropy } from "@opt/nn";
 *
 * binaryCrossEntropy(tensor([0, 100]), tensor([1, 1])).item(); // ln(2) / 2
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 6.2.2.2.
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("binaryCrossEntropy", options, ["reduction"]);
  checkSameShape("binaryCrossEntropy", "logits", logits, "targets", targets);
  const { linear, remainder } = softplusParts(logits);
  // In this order a confident, right answer keeps its digits: max(x, 0) − x y is exactly 0 there.
  return reduceLoss("binaryCrossEntropy", linear.sub(logits.mul(targets)).add(remainder), options.reduction);
}
