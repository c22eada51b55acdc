import type { Key, Tensor } from "@opt/core";
import { checkNumber, checkOptions, compile, describeValue, fail, hostPermutation } from "@opt/core";
import { checkFunction } from "../check.ts";
import type { ExampleBatch, ExampleSet } from "./examples.ts";
import { checkExamples, gatherBatch } from "./examples.ts";

/** Options of {@link difficultyByLoss}. */
export interface DifficultyByLossOptions {
  /** How many examples are scored at a time; an integer ≥ 1. Default 256. */
  readonly batchSize?: number;
}

/**
 * Scores each example by its loss under a trained model: the higher, the harder.
 *
 * @param data - The examples: a `Dataset` of `@opt/data`.
 * @param losses - The loss of each example of a batch, [batch].
 * @param options - See {@link DifficultyByLossOptions}.
 * @returns A score for each example.
 * @throws OptError `option` for bad options, `data` for something that is not a data set, `shape` for losses that are not [batch].
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { twoMoons } from "@opt/data";
 * import { mlp, softmaxCrossEntropy } from "@opt/nn";
 * import { difficultyByLoss } from "@opt/strategies";
 *
 * const model = mlp({ sizes: [2, 8, 2] });
 * const params = model.init(key(1));
 * const data = twoMoons({ count: 100, key: key(2) });
 * const difficulty = await difficultyByLoss(data, ({ inputs, targets }) =>
 *   softmaxCrossEntropy(model.apply(params, inputs), targets, { reduction: "none" }));
 * difficulty.length; // 100
 * ```
 * @see Weinshall, Cohen and Amir, "Curriculum learning by transfer learning", 2018.
 */
export async function difficultyByLoss(data: ExampleSet, losses: (batch: ExampleBatch) => Tensor, options: DifficultyByLossOptions = {}): Promise<Float64Array> {
  checkOptions("difficultyByLoss", options, ["batchSize"]);
  checkExamples("difficultyByLoss", data);
  checkFunction("difficultyByLoss", "losses", losses, "(batch) => tensor");
  const batchSize = checkNumber("difficultyByLoss", "batchSize", options.batchSize ?? 256, { min: 1, integer: true });
  const compiled = compile(losses, { donate: [] });
  const scores = new Float64Array(data.size);
  for (let start = 0; start < data.size; start += batchSize) {
    const rows = Uint32Array.from({ length: Math.min(batchSize, data.size - start) }, (_, index) => start + index);
    const result = compiled(gatherBatch(data, rows));
    if (result.rank !== 1 || result.size !== rows.length) {
      fail("shape", `difficultyByLoss(data, losses): losses must give one number for each of ${rows.length} examples, [${rows.length}]; got [${result.shape.join(", ")}]. Use reduction: "none".`);
    }
    scores.set(await result.read(), start);
  }
  return scores;
}

/** Checks scores: one finite number for each example. */
export function checkDifficulty(where: string, difficulty: ArrayLike<number>, size: number): void {
  if (typeof difficulty !== "object" || difficulty === null || difficulty.length !== size) {
    const got = typeof difficulty === "object" && difficulty !== null ? `${difficulty.length} scores` : describeValue(difficulty);
    fail("data", `${where}({ difficulty }): must have one score for each of the ${size} examples; got ${got}.`);
  }
  for (let index = 0; index < size; index++) {
    const score: unknown = difficulty[index];
    if (typeof score === "number" && !Number.isNaN(score)) continue;
    fail("data", `${where}({ difficulty }): must be numbers, the higher the harder; got ${describeValue(score)} for example ${index}.`);
  }
}

/** The numbers of the examples from the easiest to the hardest; ties at random by a key, or else as they stand. */
export function easiestFirst(difficulty: ArrayLike<number>, tieKey: Key | undefined): Uint32Array {
  const order = tieKey === undefined ? Uint32Array.from({ length: difficulty.length }, (_, index) => index) : hostPermutation(tieKey, difficulty.length);
  // Comparison rather than subtraction: ∞ − ∞ is no order.
  return order.sort((a, b) => {
    const [left, right] = [difficulty[a] ?? 0, difficulty[b] ?? 0];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}
