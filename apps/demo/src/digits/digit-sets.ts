import type { Key } from "@opt/core";
import { fail, splitKey } from "@opt/core";
import type { Dataset } from "@opt/data";
import { drawDigits } from "@opt/data";
import { loadMnist } from "@opt/data/node";
import type { TestDigits } from "./evaluate.ts";
import { formatCount } from "../terminal/format.ts";

/** What a network learns from and what it is tested on. */
export interface DigitSets {
  /** Such as "10,000 generated digits". */
  readonly description: string;
  readonly training: Dataset;
  readonly test: TestDigits;
}

/** What to load or draw. */
export interface DigitOptions {
  /** A directory with the MNIST files; without it, digits are generated. */
  readonly data?: string;
  /** How many training digits; default all of a directory, {@link GENERATED_EXAMPLES} of generated ones. */
  readonly examples?: number;
}

/** How many digits are drawn when nothing else is said. */
export const GENERATED_EXAMPLES = 10_000;
/** One test digit for so many training digits, at least {@link FEWEST_TEST_DIGITS}. */
const TRAINING_PER_TEST = 5;
const FEWEST_TEST_DIGITS = 100;

/** Gives the test digits the form in which they are read and drawn. */
function toTestDigits(digits: Dataset): TestDigits {
  const { inputs, targets } = digits;
  if (!(inputs instanceof Float32Array) || !(targets instanceof Int32Array)) {
    return fail("data", "the test digits must have f32 pixels and i32 labels.");
  }
  return { pixels: inputs, width: Math.sqrt(inputs.length / digits.size), labels: targets };
}

/** The first `count` examples. */
function firstExamples(digits: Dataset, count: number): Dataset {
  if (count > digits.size) {
    fail("option", `--examples: must be at most ${formatCount(digits.size)}, the training digits in the directory; got ${formatCount(count)}.`);
  }
  const inputs = digits.inputs.subarray(0, (count * digits.inputs.length) / digits.size);
  return { ...digits, size: count, inputs, targets: digits.targets.subarray(0, count) };
}

/**
 * Loads MNIST or draws digits.
 *
 * @param options - where from and how many
 * @param key - decides what is drawn; files do not depend on it
 * @throws OptError `data` for a directory without the files or with damaged ones, `option` for more examples than there are
 */
export async function loadDigitSets(options: DigitOptions, key: Key): Promise<DigitSets> {
  if (options.data !== undefined) {
    const { train, test } = await loadMnist(options.data);
    const training = options.examples === undefined ? train : firstExamples(train, options.examples);
    return { description: `${formatCount(training.size)} digits from ${options.data}`, training, test: toTestDigits(test) };
  }
  const [trainingKey, testKey] = splitKey(key, 2);
  const count = options.examples ?? GENERATED_EXAMPLES;
  const training = drawDigits({ count, key: trainingKey });
  const test = drawDigits({ count: Math.max(FEWEST_TEST_DIGITS, Math.round(count / TRAINING_PER_TEST)), key: testKey });
  return { description: `${formatCount(count)} generated digits`, training, test: toTestDigits(test) };
}
