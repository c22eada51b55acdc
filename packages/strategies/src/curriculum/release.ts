import type { Key } from "@opt/core";
import { checkNumber, describeValue, fail, foldIn } from "@opt/core";
import { checkChoice, checkFunction } from "../check.ts";
import { checkDifficulty, easiestFirst } from "./difficulty.ts";
import type { ExampleSet } from "./examples.ts";
import { checkExamples } from "./examples.ts";
import type { Pacing } from "./pacing.ts";

/** Options of `curriculum` and `weightedCurriculum` alike. */
export interface CurriculumBaseOptions {
  /** A score for each example, the higher the harder; {@link difficultyByLoss} makes one. */
  readonly difficulty: ArrayLike<number>;
  /** How fast harder examples are released: `linearPacing(…)` or any function of the progress. */
  readonly pacing: Pacing;
  /** How many epochs the curriculum takes, an integer ≥ 1; afterwards the progress stays 1. */
  readonly epochs: number;
  /** The number of examples in a batch; an integer ≥ 1. */
  readonly batchSize: number;
  /** What becomes of a last batch with fewer examples. Default `keep`. */
  readonly lastBatch?: "keep" | "drop";
}

/** What both kinds of curriculum need to make their batches. */
export interface ReleasePlan {
  readonly batchesPerEpoch: number;
  /** The examples from the easiest to the hardest. */
  readonly ranking: Uint32Array;
  /** How many of the ranking are released at a batch of an epoch. */
  released(epoch: number, batch: number): number;
  /** How many examples a batch of an epoch has. */
  batchLength(batch: number): number;
}

/** Key numbers far from the epochs', which count from 0. */
const tieNumber = 0x7469_6573;

/** Checks a key option. */
export function checkKey(where: string, key: Key | undefined, because: string): Key {
  if (Array.isArray(key) && key.length === 2) return key;
  return fail("option", `${where}({ key }): must be given because ${because}; got ${describeValue(key)}. Use key(seed) of @opt/core.`);
}

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
  const { difficulty, pacing, lastBatch = "keep" } = options;
  const { size } = data;
  checkDifficulty(where, difficulty, size);
  checkFunction(where, "pacing", pacing, "(progress) => share, such as linearPacing({ start: 0.2 })");
  const epochs = checkNumber(where, "epochs", options.epochs, { min: 1, integer: true });
  const batchSize = checkNumber(where, "batchSize", options.batchSize, { min: 1, integer: true });
  checkChoice(where, "lastBatch", lastBatch, ["keep", "drop"]);
  const batchesPerEpoch = lastBatch === "keep" ? Math.ceil(size / batchSize) : Math.floor(size / batchSize);
  if (batchesPerEpoch === 0) {
    fail("data", `${where}({ batchSize: ${batchSize} }): the data set has ${size} examples and lastBatch "drop" leaves no batch. Use a batchSize of at most ${size}, or lastBatch: "keep".`);
  }
  const length = epochs * batchesPerEpoch;
  const released = (epoch: number, batch: number): number => {
    const share = shareAt(where, pacing, Math.min(1, (epoch * batchesPerEpoch + batch) / length));
    // The slack keeps a product such as 0.1 · 30 from asking for one example more.
    return Math.min(size, Math.max(1, Math.ceil(share * size - 1e-9 * size)));
  };
  let most = 0;
  for (let batch = 0; batch <= length; batch++) most = Math.max(most, released(Math.floor(batch / batchesPerEpoch), batch % batchesPerEpoch));
  if (most < size && unreleased === "unseen") {
    fail("option", `${where}({ pacing }): must release every example in the end; it releases at most ${most} of ${size}, so the ${size - most} hardest would never be seen. Use a pacing that reaches 1, or mixing above 0.`);
  }
  return {
    batchesPerEpoch,
    ranking: easiestFirst(difficulty, key === undefined ? undefined : foldIn(key, tieNumber)),
    released,
    batchLength: (batch) => Math.min(batchSize, size - batch * batchSize),
  };
}
