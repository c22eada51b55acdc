import type { Tensor } from "@opt/core";
import { fail } from "@opt/core";
import { show } from "./check.ts";

/** Checks logits [batch, classes] and integer labels [batch]. @internal */
export function checkLabels(where: string, logits: Tensor, labels: Tensor): { batch: number; classes: number } {
  const [batch, classes] = logits.shape;
  if (batch === undefined || classes === undefined || logits.rank !== 2) {
    return fail("shape", `${where}(logits, labels): logits must have shape [batch, classes]; got ${show(logits)}.`);
  }
  if (labels.dtype !== "i32") {
    fail("dtype", `${where}(logits, labels): labels must be i32 class numbers; got ${show(labels)}. Use cast(labels, "i32"), or argMax(labels, 1) for one-hot labels.`);
  }
  if (labels.rank !== 1 || labels.shape[0] !== batch) {
    fail("shape", `${where}(logits, labels): labels must have shape [${String(batch)}], one for each row of logits = ${show(logits)}; got ${show(labels)}.`);
  }
  return { batch, classes };
}
