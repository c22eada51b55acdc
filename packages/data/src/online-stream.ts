import { checkNumber, checkOptions, describeValue, fail, foldIn } from "@opt/core";
import type { Key } from "@opt/core";

import type { Dataset } from "./dataset.ts";
import { asBatch } from "./gather.ts";
import type { Batch } from "./gather.ts";
import type { BatchSource } from "./minibatches.ts";

/** Draws fresh examples: the same key, the same examples. */
export type DrawExamples = (options: { readonly count: number; readonly key: Key }) => Dataset;

/** Options of {@link onlineStream}. */
export interface OnlineStreamOptions {
  /** The number of examples in a batch; an integer ≥ 1. */
  readonly batchSize: number;
  /** The key that all batches derive from. */
  readonly key: Key;
  /** What counts as an epoch, for reports; an integer ≥ 1. Default 100. */
  readonly batchesPerEpoch?: number;
}

/** An endless stream of batches in which no example comes twice. Iterating starts at batch 0 and never ends. */
export interface OnlineStream extends BatchSource, Iterable<Batch> {
  /** Batch n, counted from 0; the same whenever it is asked for, so resuming is exact. */
  batch(index: number): Batch;
}

/**
 * Makes an endless stream in which every example is fresh.
 *
 * With it the gradient is an unbiased estimate of the gradient of the true generalization error, which repeated passes over a
 * finite set no longer give.
 *
 * @param draw - Draws `count` examples with a key, as the generators of this package do.
 * @param options - See {@link OnlineStreamOptions}.
 * @returns The stream; it also serves epochs, of `batchesPerEpoch` fresh batches each.
 * @throws OptError `option` for a wrong option, `data` when `draw` returns another number of examples.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.1.3, equations 8.7 to 8.9.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { drawDigits, onlineStream } from "@opt/data";
 *
 * const stream = onlineStream(drawDigits, { batchSize: 16, key: key(1) });
 * stream.batch(1000).inputs.shape; // [16, 784]
 * ```
 */
export function onlineStream(draw: DrawExamples, options: OnlineStreamOptions): OnlineStream {
  if (typeof draw !== "function") {
    fail("option", `onlineStream(draw): must be a function ({ count, key }) => Dataset; got ${describeValue(draw)}.`);
  }
  checkOptions("onlineStream", options, ["batchSize", "key", "batchesPerEpoch"]);
  const batchSize = checkNumber("onlineStream", "batchSize", options.batchSize, { min: 1, integer: true });
  const batchesPerEpoch = checkNumber("onlineStream", "batchesPerEpoch", options.batchesPerEpoch ?? 100, { min: 1, integer: true });
  const { key } = options;
  if (!Array.isArray(key)) fail("option", `onlineStream({ key }): must be a key; got ${describeValue(key)}. Use key(seed) of @opt/core.`);

  function batch(index: number): Batch {
    checkNumber("onlineStream.batch", "index", index, { min: 0, integer: true });
    const examples = draw({ count: batchSize, key: foldIn(key, index) });
    if (examples.size !== batchSize) {
      fail("data", `onlineStream(draw): must return the ${batchSize} examples that it was asked for; got ${examples.size}.`);
    }
    return asBatch(examples);
  }

  function* walk(start: number, end: number): Generator<Batch> {
    for (let index = start; index < end; index++) yield batch(index);
  }

  return {
    batchSize,
    batchesPerEpoch,
    batch,
    epoch(index) {
      checkNumber("onlineStream.epoch", "index", index, { min: 0, integer: true });
      return { [Symbol.iterator]: () => walk(index * batchesPerEpoch, (index + 1) * batchesPerEpoch) };
    },
    [Symbol.iterator]: () => walk(0, Infinity),
  };
}
