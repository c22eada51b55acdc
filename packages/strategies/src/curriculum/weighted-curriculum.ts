import type { Key, Tensor } from "@opt/core";
import { checkNumber, checkOptions, fail, foldIn, fromArray, hostPermutation, maximum } from "@opt/core";
import { checkKey } from "../check-key.ts";
import type { ExampleBatch, ExampleSet } from "./examples.ts";
import { gatherBatch } from "./examples.ts";
import type { CurriculumBaseOptions, CurriculumBatches } from "./release.ts";
import { batchesOf, planRelease } from "./release.ts";

/** Options of {@link weightedCurriculum}. */
export interface WeightedCurriculumOptions extends CurriculumBaseOptions {
  /** The weight in [0, 1) of examples that are not yet released. Default 0. */
  readonly mixing?: number;
  /** The key of the random orders. */
  readonly key: Key;
}

/** A batch with a weight for each example, [batch]. */
export type WeightedBatch = ExampleBatch & { readonly weights: Tensor };

/**
 * Cuts a data set into batches whose examples have weights: 1 for the `⌈f(p) · size⌉` easiest ones, f being the pacing and p the progress as
 * in {@link curriculum}, and the option `mixing` for the others.
 *
 * Every epoch has each example once, in a random order; the loss has to take the weights in, see {@link weightedMean}.
 *
 * @param data - The examples: a `Dataset` of `@opt/data`.
 * @param options - Scores, pacing, length; batch size; the others' weight and a key.
 * @returns Batches `{ inputs, targets, weights }` for `fit` or any loop over epochs.
 * @throws OptError `option` for bad options and for a pacing that never releases some examples; `data` for scores that do not fit.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { dataset } from "@opt/data";
 * import { fixedPacing, weightedCurriculum } from "@opt/strategies";
 *
 * const data = dataset({ inputs: Float32Array.of(1, 2, 3, 4), inputShape: [1], targets: Int32Array.of(0, 1, 0, 1) });
 * const batches = weightedCurriculum(data, {
 *   difficulty: data.inputs,
 *   pacing: fixedPacing({ start: 0.5 }),
 *   epochs: 2,
 *   batchSize: 4,
 *   key: key(1),
 * });
 * for (const { weights } of batches.epoch(0)) weights.sum().item(); // 2
 * ```
 * @see Bengio, Louradour, Collobert and Weston, "Curriculum learning", 2009, section 3: a curriculum as a sequence of weights.
 */
export function weightedCurriculum(data: ExampleSet, options: WeightedCurriculumOptions): CurriculumBatches<WeightedBatch> {
  checkOptions("weightedCurriculum", options, ["difficulty", "pacing", "epochs", "batchSize", "mixing", "key"]);
  const mixing = checkNumber("weightedCurriculum", "mixing", options.mixing ?? 0, { min: 0, below: 1 });
  const key = checkKey("weightedCurriculum", options.key);
  const plan = planRelease("weightedCurriculum", data, options, key, mixing > 0 ? "seen" : "unseen");
  function* walk(epoch: number): Generator<WeightedBatch> {
    const order = hostPermutation(foldIn(key, epoch), data.size);
    for (let batch = 0; batch < plan.batchesPerEpoch; batch++) {
      const start = batch * plan.batchSize;
      const rows = order.slice(start, start + plan.batchLength(batch));
      const released = plan.released(epoch, batch);
      const weightOf = (row: number): number => ((plan.rankOf[row] ?? 0) < released ? 1 : mixing);
      const weights = data.inputs instanceof Float64Array ? Float64Array.from(rows, weightOf) : Float32Array.from(rows, weightOf);
      yield { ...gatherBatch(data, rows), weights: fromArray(weights, [rows.length]) };
    }
  }
  return batchesOf("weightedCurriculum", plan, walk);
}

/**
 * The weighted mean of losses: `Σ wᵢ Lᵢ / Σ wᵢ`, and 0 with gradient 0 where all weights are 0.
 *
 * @param losses - The loss of each example, [batch].
 * @param weights - Weights ≥ 0, [batch].
 * @returns A rank-0 tensor.
 * @throws OptError `shape` when the shapes differ.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { weightedMean } from "@opt/strategies";
 *
 * weightedMean(tensor([1, 5, 100]), tensor([1, 1, 0])).item(); // 3
 * ```
 */
export function weightedMean(losses: Tensor, weights: Tensor): Tensor {
  if (losses.rank !== 1 || weights.rank !== 1 || losses.size !== weights.size) {
    fail("shape", `weightedMean(losses, weights): both must have the same shape [batch]; got [${losses.shape.join(", ")}] and [${weights.shape.join(", ")}].`);
  }
  // Far below any sum of weights that means something, and above zero in f32.
  return losses.mul(weights).sum().div(maximum(weights.sum(), 1e-30));
}
