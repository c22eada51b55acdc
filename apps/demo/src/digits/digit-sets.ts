import type { Key } from "@opt/core";
import { fail, splitKey } from "@opt/core";
import type { Dataset } from "@opt/data";
import { drawDigits } from "@opt/data";
import type { TestDigits } from "./evaluate.ts";
import { formatCount } from "../terminal/format.ts";

/** What a network learns from and what it is tested on. */
export interface DigitSets {
  /** Such as "10,000 generated digits". */
  readonly description: string;
  readonly training: Dataset;
  readonly test: TestDigits;
}

/** How many digits are drawn when nothing else is said. */
export const GENERATED_EXAMPLES = 10_000;
/** One test digit for so many training digits, at least {@link FEWEST_TEST_DIGITS}. */
const TRAINING_PER_TEST = 5;
const FEWEST_TEST_DIGITS = 100;

/** Gives the test digits the form in which they are read and drawn. */
export function toTestDigits(digits: Dataset): TestDigits {
  const { inputs, targets } = digits;
  if (!(inputs instanceof Float32Array) || !(targets instanceof Int32Array)) {
    return fail("data", "the test digits must have f32 pixels and i32 labels.");
  }
  return { pixels: inputs, width: Math.sqrt(inputs.length / digits.size), labels: targets };
}

/** Draws `count` training digits, and test digits that none of them is. */
export function drawDigitSets(count: number, key: Key): DigitSets {
  const [trainingKey, testKey] = splitKey(key, 2);
  const training = drawDigits({ count, key: trainingKey });
  const test = drawDigits({ count: Math.max(FEWEST_TEST_DIGITS, Math.round(count / TRAINING_PER_TEST)), key: testKey });
  return { description: `${formatCount(count)} generated digits`, training, test: toTestDigits(test) };
}
