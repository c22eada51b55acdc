import type { Optimizer, Tensor } from "@opt/core";
import { key } from "@opt/core";
import type { Batch, BatchSource } from "@opt/data";
import { drawDigits, minibatches } from "@opt/data";
import { momentum } from "@opt/first-order";
import { accuracy, softmaxCrossEntropy } from "@opt/nn";

const digits = drawDigits({ count: 400, key: key(1), size: 10 });

/** Generated digits of 10 × 10 pixels. */
export const batches: BatchSource = minibatches(digits, { batchSize: 40, key: key(2) });

/** The task's loss of outputs. */
export const loss = (outputs: Tensor, batch: Batch): Tensor => softmaxCrossEntropy(outputs, batch.targets);

/** The same optimizer for every kind of training that is compared. */
export const makeOptimizer = (): Optimizer => momentum({ learningRate: 0.4, momentum: 0.9 });

/** The share of the digits that a network gets right. */
export function accuracyOf(apply: (x: Tensor) => Tensor): number {
  const [all] = minibatches(digits, { batchSize: digits.size, shuffle: "never" }).epoch(0);
  return all === undefined ? Number.NaN : accuracy(apply(all.inputs), all.targets).item();
}
