import type { Key } from "@opt/core";
import { checkNumber, describeValue, fail, foldIn } from "@opt/core";
import { checkFunction } from "../check.ts";
import { checkDifficulty, easiestFirst } from "./difficulty.ts";
import type { ExampleBatch, ExampleSet } from "./examples.ts";
import { checkExamples } from "./examples.ts";
import type { Pacing } from "./pacing.ts";

/** Options of `curriculum` and `weightedCurriculum` alike. */
export interface CurriculumBaseOptions {
  /** A score for each example, the higher the harder; {@link difficultyByLoss} makes one. */
  readonly difficulty: ArrayLike<number>;
  /** How fast harder examples are released: `linearPacing(…)` or any function of the progress. */
  readonly pacing: Pacing;
  /**
   * N, how many epochs the training takes, an integer ≥ 1. In the last of them, and in any epoch after it, the progress is 1, so that training
   * for N epochs shows every example.
   */
  readonly epochs: number;
  /** The number of examples in a batch, an integer ≥ 1; the last batch of an epoch may have fewer. */
  readonly batchSize: number;
}

/** Batches by epoch, in the form of those that `minibatches` of `@opt/data` makes. */
export interface CurriculumBatches<Batch = ExampleBatch> {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /** The batches of one epoch, counted from 0; they depend on its number and the key alone. */
  epoch(index: number): Iterable<Batch>;
  /** How many examples, easiest first, are released at a batch of an epoch. */
  released(epoch: number, batch?: number): number;
}

/** What both kinds of curriculum need to make their batches. */
export interface ReleasePlan {
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /** The examples from the easiest to the hardest. */
  readonly ranking: Uint32Array;
  /** The place of each example in the ranking. */
  readonly rankOf: Uint32Array;
  /** How many of the ranking are released at a batch of an epoch. */
  released(epoch: number, batch: number): number;
  /** How many examples a batch of an epoch has. */
  batchLength(batch: number): number;
}

/** The key number of the order among equally hard examples: far from the epochs', which count from 0. */
const tieNumber = 0x7469_6573;

function shareAt(where: string, pacing: Pacing, progress: number): number {
  const share: unknown = pacing(progress);
  if (typeof share === "number" && share > 0 && share <= 1) return share;
  return fail("option", `${where}({ pacing }): must give a share in (0, 1]; got ${describeValue(share)} at progress ${progress}.`);
}

/**
 * Checks the options and plans which examples are released when.
 *
 * @param unreleased - What the curriculum does with examples that are not released: whether they are seen all the same.
 */
export function planRelease(where: string, data: ExampleSet, options: CurriculumBaseOptions, key: Key | undefined, unreleased: "unseen" | "seen"): ReleasePlan {
  checkExamples(where, data);
  const { difficulty, pacing } = options;
  const { size } = data;
  checkDifficulty(where, difficulty, size);
  checkFunction(where, "pacing", pacing, "(progress) => share, such as linearPacing({ start: 0.2 })");
  const epochs = checkNumber(where, "epochs", options.epochs, { min: 1, integer: true });
  const batchSize = checkNumber(where, "batchSize", options.batchSize, { min: 1, integer: true });
  const batchesPerEpoch = Math.ceil(size / batchSize);
  const rising = (epochs - 1) * batchesPerEpoch;
  const counts = Uint32Array.from({ length: rising + 1 }, (_, batch) => {
    const share = shareAt(where, pacing, rising === 0 ? 1 : batch / rising);
    // The slack keeps a product such as 0.1 · 30 from asking for one example more.
    return Math.min(size, Math.max(1, Math.ceil(share * size - 1e-9 * size)));
  });
  const final = counts[rising] ?? size;
  if (final < size && unreleased === "unseen") {
    fail("option", `${where}({ pacing }): must release every example in the end, or some would never be seen; at progress 1 it releases ${final} of ${size}. Use a pacing that reaches 1, or mixing above 0.`);
  }
  const ranking = easiestFirst(difficulty, key === undefined ? undefined : foldIn(key, tieNumber));
  const rankOf = new Uint32Array(size);
  ranking.forEach((example, rank) => (rankOf[example] = rank));
  return {
    batchSize,
    batchesPerEpoch,
    ranking,
    rankOf,
    released: (epoch, batch) => counts[Math.min(epoch * batchesPerEpoch + batch, rising)] ?? size,
    batchLength: (batch) => Math.min(batchSize, size - batch * batchSize),
  };
}

/** The batches that a plan and the walk through an epoch make. */
export function batchesOf<Batch>(where: string, plan: ReleasePlan, walk: (epoch: number) => Iterator<Batch>): CurriculumBatches<Batch> {
  return {
    batchSize: plan.batchSize,
    batchesPerEpoch: plan.batchesPerEpoch,
    epoch(index) {
      checkNumber(`${where}.epoch`, "index", index, { min: 0, integer: true });
      return { [Symbol.iterator]: () => walk(index) };
    },
    released(epoch, batch = 0) {
      checkNumber(`${where}.released`, "epoch", epoch, { min: 0, integer: true });
      checkNumber(`${where}.released`, "batch", batch, { min: 0, max: plan.batchesPerEpoch - 1, integer: true });
      return plan.released(epoch, batch);
    },
  };
}
