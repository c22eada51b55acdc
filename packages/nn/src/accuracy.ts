import type { Tensor } from "@opt/core";
import { argMax, cast, equal } from "@opt/core";
import { checkLabels } from "./labels.ts";

/**
 * The share of examples whose largest logit is the label's.
 *
 * @param logits - Scores, [batch, classes].
 * @param labels - The class of each example, i32 [batch].
 * @returns A rank-0 f32 tensor in [0, 1].
 * @throws OptError `shape` or `dtype`.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { accuracy } from "@opt/nn";
 *
 * accuracy(tensor([[2, 0], [2, 0]]), tensor([0, 1], { dtype: "i32" })).item(); // 0.5
 * ```
 */
export function accuracy(logits: Tensor, labels: Tensor): Tensor {
  checkLabels("accuracy", logits, labels);
  return cast(equal(argMax(logits, 1), labels), "f32").mean();
}
