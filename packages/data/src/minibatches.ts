import { checkNumber, checkOptions, describeValue, fail, foldIn, hostPermutation, nearest } from "@opt/core";
import type { Key } from "@opt/core";

import type { Dataset } from "./dataset.ts";
import { asBatch, gatherDataset } from "./gather.ts";
import type { Batch } from "./gather.ts";

/** Batches by epoch; the order of epoch n depends on n and the key alone, so resuming is exact. */
export interface BatchSource {
  /** The number of examples in a batch; the last one of an epoch may have fewer. */
  readonly batchSize: number;
  /** How many batches {@link BatchSource.epoch} gives. */
  readonly batchesPerEpoch: number;
  /** The batches of one epoch, counted from 0; may be walked more than once. */
  epoch(index: number): Iterable<Batch>;
}

/** When {@link minibatches} draws a new order. */
export type Shuffle = "never" | "once" | "every-epoch";

/** Options of {@link minibatches}. */
export interface MinibatchOptions {
  /** The number of examples in a batch; an integer ≥ 1. */
  readonly batchSize: number;
  /** `never`: as they stand; `once`: one random order for all epochs; `every-epoch`: a new one each. Default `every-epoch`. */
  readonly shuffle?: Shuffle;
  /** The key of the random orders; needed unless `shuffle` is `never`. */
  readonly key?: Key;
  /** What becomes of a last batch with fewer examples. Default `keep`. */
  readonly lastBatch?: "keep" | "drop";
}

const shuffles = ["never", "once", "every-epoch"] as const;
const lastBatches = ["keep", "drop"] as const;

function checkChoice<const Choice extends string>(name: string, value: Choice, choices: readonly Choice[]): Choice {
  if (choices.includes(value)) return value;
  const suggestion = typeof value === "string" ? nearest(value, choices) : undefined;
  const hint = suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
  return fail("option", `minibatches({ ${name} }): must be ${choices.map((choice) => `"${choice}"`).join(" or ")}; got ${describeValue(value)}.${hint}`);
}

/** Makes the function that gives the order of each epoch; undefined stands for the order in which the examples are. */
function orders(data: Dataset, shuffle: Shuffle, key: Key | undefined): (epoch: number) => Uint32Array | undefined {
  if (shuffle === "never") return () => undefined;
  if (key === undefined) {
    return fail("option", `minibatches({ key }): must be given because shuffle is "${shuffle}"; got undefined. Use key(seed) of @opt/core, or shuffle: "never".`);
  }
  if (shuffle === "every-epoch") return (epoch) => hostPermutation(foldIn(key, epoch), data.size);
  let order: Uint32Array | undefined;
  return () => (order ??= hostPermutation(key, data.size));
}

/**
 * Cuts a data set into minibatches.
 *
 * The same key gives the same batches bit for bit. Each batch has tensors of its own; examples are copied once.
 *
 * @param data - The examples.
 * @param options - See {@link MinibatchOptions}.
 * @returns The batches of every epoch.
 * @throws OptError `option` for a wrong option, `data` when no batch would be left.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.1.3: shuffling once is usually enough, and examples that stay in a
 * meaningful order bias the gradients.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { minibatches, twoMoons } from "@opt/data";
 *
 * const batches = minibatches(twoMoons({ count: 100, key: key(1) }), { batchSize: 32, key: key(2) });
 * for (const { inputs, targets } of batches.epoch(0)) {
 *   inputs.shape; // [32, 2], at last [4, 2]
 *   targets.shape; // [32], at last [4]
 * }
 * ```
 */
export function minibatches(data: Dataset, options: MinibatchOptions): BatchSource {
  checkOptions("minibatches", options, ["batchSize", "shuffle", "key", "lastBatch"]);
  const batchSize = checkNumber("minibatches", "batchSize", options.batchSize, { min: 1, integer: true });
  const shuffle = checkChoice("shuffle", options.shuffle ?? "every-epoch", shuffles);
  const lastBatch = checkChoice("lastBatch", options.lastBatch ?? "keep", lastBatches);
  const orderOf = orders(data, shuffle, options.key);
  const batchesPerEpoch = lastBatch === "keep" ? Math.ceil(data.size / batchSize) : Math.floor(data.size / batchSize);
  if (batchesPerEpoch === 0) {
    const because = data.size === 0 ? "" : ` and lastBatch "drop" leaves no batch. Use a batchSize of at most ${data.size}, or lastBatch: "keep"`;
    fail("data", `minibatches({ batchSize: ${batchSize} }): the data set has ${data.size} examples${because}.`);
  }

  function* walk(order: Uint32Array | undefined): Generator<Batch> {
    for (let batch = 0; batch < batchesPerEpoch; batch++) {
      const start = batch * batchSize;
      yield asBatch(gatherDataset(data, order, start, Math.min(start + batchSize, data.size)));
    }
  }

  return {
    batchSize,
    batchesPerEpoch,
    epoch(index) {
      checkNumber("minibatches.epoch", "index", index, { min: 0, integer: true });
      return { [Symbol.iterator]: () => walk(orderOf(index)) };
    },
  };
}
