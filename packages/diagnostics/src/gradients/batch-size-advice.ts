import { checkNumber, describeValue, fail } from "@opt/core";
import { short } from "../numbers.ts";

/** What a batch size costs, beside the noise scale. */
export interface BatchSizeAdvice {
  /** Steps to the same loss, as a multiple of what full batches need: `1 + B/b`. */
  readonly stepFactor: number;
  /** Examples to the same loss, as a multiple of what the smallest batches need: `1 + b/B`. */
  readonly exampleFactor: number;
  /** The best learning rate, as a multiple of that for full batches: `1 / (1 + B/b)`. */
  readonly learningRateFactor: number;
  /**
   * `noise-limited` below B/2: larger batches save steps in proportion; `balanced` up to 2B; `diminishing` beyond: larger batches mostly
   * see the same gradient again.
   */
  readonly verdict: "noise-limited" | "balanced" | "diminishing";
  /** The verdict as a sentence, with what to try. */
  readonly message: string;
}

/**
 * What a gradient noise scale B says about a batch size b: steps cost `1 + B/b` and examples `1 + b/B` times their least.
 *
 * At b = B training takes twice the fewest steps and twice the fewest examples: a fair bargain. The noise scale grows as the loss falls, so what
 * is balanced early is noise-limited later.
 *
 * @param noiseScale - B, as {@link gradientNoise} measures it, ≥ 0 or infinite.
 * @param batchSize - b, an integer ≥ 1.
 * @returns The factors and the verdict.
 * @throws OptError `option` for other numbers.
 *
 * @example
 * ```ts
 * import { batchSizeAdvice } from "@opt/diagnostics";
 *
 * const { stepFactor, exampleFactor, verdict } = batchSizeAdvice(1000, 100);
 * stepFactor; // 11
 * exampleFactor; // 1.1
 * verdict; // "noise-limited"
 * ```
 *
 * @see McCandlish, Kaplan and Amodei, "An empirical model of large-batch training", 2018, sections 2.2 and 2.3.
 */
export function batchSizeAdvice(noiseScale: number, batchSize: number): BatchSizeAdvice {
  if (typeof noiseScale !== "number" || !(noiseScale >= 0)) fail("option", `batchSizeAdvice(noiseScale): must be a number ≥ 0, or infinite; got ${describeValue(noiseScale)}.`);
  checkNumber("batchSizeAdvice", "batchSize", batchSize, { min: 1, integer: true });
  const ratio = noiseScale / batchSize;
  const [stepFactor, exampleFactor] = [1 + ratio, 1 + 1 / ratio];
  const verdict = ratio > 2 ? "noise-limited" : ratio >= 0.5 ? "balanced" : "diminishing";
  const size = `batches of ${String(batchSize)} with a noise scale of ${short(noiseScale)}`;
  const messages = {
    "noise-limited": `${size} are noise-limited: twice the batch needs nearly half the steps, with nearly twice the learning rate.`,
    balanced: `${size} are balanced: ${short(stepFactor)} times the fewest steps, ${short(exampleFactor)} times the fewest examples.`,
    diminishing: `${size} are larger than they need to be: half the batch takes hardly more steps.`,
  };
  return { stepFactor, exampleFactor, learningRateFactor: 1 / stepFactor, verdict, message: messages[verdict] };
}
