import type { Tensor } from "@opt/core";
import { checkOptions, square } from "@opt/core";
import type { LossOptions } from "./reduction.ts";
import { checkSameShape, reduceLoss } from "./reduction.ts";

/**
 * The squared error `(prediction − target)²`, the mean over all elements.
 *
 * @param predictions - Of any shape.
 * @param targets - Of the same shape; nothing is broadcast.
 * @param options - Reduction.
 * @returns A rank-0 tensor, or the predictions' shape with `reduction: "none"`.
 * @throws OptError `shape` when the shapes differ; `option`.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { meanSquaredError } from "@opt/nn";
 *
 * meanSquaredError(tensor([1, 2]), tensor([1, 4])).item(); // 2
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, equation 5.4.
 */
export function meanSquaredError(predictions: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("meanSquaredError", options, ["reduction"]);
  checkSameShape("meanSquaredError", "predictions", predictions, "targets", targets);
  return reduceLoss("meanSquaredError", square(predictions.sub(targets)), options.reduction);
}
