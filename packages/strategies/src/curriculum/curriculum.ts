import type { Key } from "@opt/core";
import { checkNumber, checkOptions, fail, foldIn, hostPermutation, hostRandomUniform } from "@opt/core";
import { checkKey } from "../check-key.ts";
import { checkChoice } from "../check.ts";
import type { ExampleBatch, ExampleSet } from "./examples.ts";
import { gatherBatch } from "./examples.ts";
import type { CurriculumBaseOptions, CurriculumBatches, ReleasePlan } from "./release.ts";
import { batchesOf, planRelease } from "./release.ts";

/** Options of {@link curriculum}. */
export interface CurriculumOptions extends CurriculumBaseOptions {
  /**
   * `stochastic`: released examples in random order; `deterministic`: from the easiest to the hardest released, again and again within an epoch.
   * Default `stochastic`.
   */
  readonly order?: "stochastic" | "deterministic";
  /** The share in [0, 1) of examples that are always drawn from the whole set, hard ones too. Default 0. */
  readonly mixing?: number;
  /** The key of the random orders, and of the order among equally hard examples; needed unless `order` is `deterministic`. */
  readonly key?: Key;
}

/** Hands out the examples of a random order again and again, of those only that are among the first of the ranking. */
function cyclicDraw(order: Uint32Array, rankOf: Uint32Array): (released: number) => number {
  let position = -1;
  return (released) => {
    do position = (position + 1) % order.length;
    while ((rankOf[order[position] ?? 0] ?? 0) >= released);
    return order[position] ?? 0;
  };
}

/** Draws released examples at random, without repetition as long as there are any left, and some from the whole set. */
function stochasticDraws({ rankOf }: ReleasePlan, key: Key, mixing: number): (released: number) => number {
  const size = rankOf.length;
  const drawReleased = cyclicDraw(hostPermutation(foldIn(key, 0), size), rankOf);
  if (mixing === 0) return drawReleased;
  const drawAny = cyclicDraw(hostPermutation(foldIn(key, 1), size), rankOf);
  const coins = hostRandomUniform(foldIn(key, 2), size);
  let coin = 0;
  return (released) => {
    const mixes = (coins[coin++] ?? 0) < mixing;
    // With everything released both are the whole set; one order alone then gives each example once.
    return mixes && released < size ? drawAny(size) : drawReleased(released);
  };
}

function deterministicDraws(plan: ReleasePlan): (released: number) => number {
  let position = -1;
  return (released) => {
    position = (position + 1) % released;
    return plan.ranking[position] ?? 0;
  };
}

/**
 * Cuts a data set into batches that begin with easy examples: batch b of B in epoch n of N is drawn from the `⌈f(p) · size⌉` easiest examples at
 * progress `p = min(1, (n + b / B) / (N − 1))`, f being the pacing.
 *
 * Every epoch has as many batches as without a curriculum; while few examples are released they repeat. An epoch in which all are released, such as
 * the last one, has each once. With mixing m, each example is with probability m drawn from the whole set instead: Zaremba and Sutskever found that a
 * curriculum without such a mixture can be worse than none. The batches of an epoch depend on its number and the key alone.
 *
 * @param data - The examples: a `Dataset` of `@opt/data`.
 * @param options - Scores, pacing, length; batch size; order, mixing and key.
 * @returns Batches for `fit` or any loop over epochs.
 * @throws OptError `option` for bad options and for a pacing that never releases some examples; `data` for scores that do not fit.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { dataset } from "@opt/data";
 * import { curriculum, linearPacing } from "@opt/strategies";
 *
 * const data = dataset({ inputs: Float32Array.of(5, 1, 4, 2), inputShape: [1], targets: Int32Array.of(0, 1, 0, 1) });
 * const batches = curriculum(data, {
 *   difficulty: data.inputs,
 *   pacing: linearPacing({ start: 0.5 }),
 *   epochs: 4,
 *   batchSize: 2,
 *   key: key(1),
 * });
 * batches.released(0); // 2
 * for (const { inputs } of batches.epoch(3)) inputs.shape; // [2, 1], and all four examples
 * ```
 * @see Bengio, Louradour, Collobert and Weston, "Curriculum learning", 2009.
 * @see Zaremba and Sutskever, "Learning to execute", 2014, section 3 (the combined strategy).
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 8.7.6.
 */
export function curriculum(data: ExampleSet, options: CurriculumOptions): CurriculumBatches {
  checkOptions("curriculum", options, ["difficulty", "pacing", "epochs", "batchSize", "order", "mixing", "key"]);
  const order = checkChoice("curriculum", "order", options.order ?? "stochastic", ["stochastic", "deterministic"]);
  const mixing = checkNumber("curriculum", "mixing", options.mixing ?? 0, { min: 0, below: 1 });
  if (order === "deterministic" && mixing > 0) {
    fail("option", `curriculum({ order, mixing }): order "deterministic" and mixing ${mixing} do not go together, because mixing draws at random. Use order: "stochastic", or mixing: 0.`);
  }
  const key = order === "stochastic" ? checkKey("curriculum", options.key) : options.key;
  const plan = planRelease("curriculum", data, options, key, mixing > 0 ? "seen" : "unseen");
  function* walk(epoch: number): Generator<ExampleBatch> {
    const draw = key === undefined || order === "deterministic" ? deterministicDraws(plan) : stochasticDraws(plan, foldIn(key, epoch), mixing);
    for (let batch = 0; batch < plan.batchesPerEpoch; batch++) {
      const released = plan.released(epoch, batch);
      yield gatherBatch(data, Uint32Array.from({ length: plan.batchLength(batch) }, () => draw(released)));
    }
  }
  return batchesOf("curriculum", plan, walk);
}
