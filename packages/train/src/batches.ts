import type { TensorTree } from "@opt/core";
import { describeValue, fail, treeLeaves, treePaths } from "@opt/core";

/**
 * Where batches come from: what `minibatches` of `@opt/data` makes, any object with such an `epoch`, or a plain function
 * of the epoch's number.
 */
export type Batches<Batch extends TensorTree> = EpochBatches<Batch> | ((epoch: number) => Iterable<Batch>);

/** An object that hands out the batches of an epoch. */
export interface EpochBatches<Batch extends TensorTree> {
  /** The batches of epoch n = 0, 1, …; may be called again for the same epoch. */
  epoch(epoch: number): Iterable<Batch>;
  /** How many batches an epoch has, if that is known: progress reports use it. */
  readonly batchesPerEpoch?: number;
}

/** Checks an option that is a source of batches. */
export function checkBatches(where: string, name: string, batches: unknown): void {
  if (typeof batches === "function") return;
  if (typeof batches === "object" && batches !== null && "epoch" in batches && typeof batches.epoch === "function") return;
  fail(
    "option",
    `${where}({ ${name} }): must be a function of the epoch's number that returns batches, or have a method epoch(n); got ${describeValue(batches)}. Use minibatches of @opt/data, or (epoch) => batches for an array.`,
  );
}

/** The batches of one epoch. */
export function batchesOf<Batch extends TensorTree>(where: string, name: string, batches: Batches<Batch>, epoch: number): Iterable<Batch> {
  const iterable: unknown = typeof batches === "function" ? batches(epoch) : batches.epoch(epoch);
  const fits = typeof iterable === "object" && iterable !== null && Symbol.iterator in iterable;
  if (!fits) fail("option", `${where}({ ${name} }): epoch ${String(epoch)} must be iterable; got ${describeValue(iterable)}.`);
  return iterable as Iterable<Batch>;
}

/** The number of batches in each epoch, where the source tells it. */
export function batchesPerEpoch(batches: Batches<TensorTree>): number | undefined {
  return typeof batches === "function" ? undefined : batches.batchesPerEpoch;
}

/** The number of examples in a batch: the length of the first tensor's first axis. */
export function batchSize(where: string, batch: TensorTree): number {
  const [first] = treeLeaves(batch);
  if (first === undefined) return fail("data", `${where}: a batch must hold at least one tensor; got ${describeValue(batch)}.`);
  return first.shape[0] ?? 1;
}

/** Writes a batch for a message: `{ inputs: f32[128, 784], targets: i32[128] }`. */
export function showBatch(batch: TensorTree): string {
  const paths = treePaths(batch);
  const parts = treeLeaves(batch).map((leaf, index) => {
    const path = paths[index] ?? "";
    return `${path === "" ? "" : `${path}: `}${leaf.dtype}[${leaf.shape.join(", ")}]`;
  });
  return parts.length === 1 && paths[0] === "" ? parts.join() : `{ ${parts.join(", ")} }`;
}
