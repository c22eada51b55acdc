import type { Key } from "@opt/core";
import { fail } from "@opt/core";
import type { Dataset } from "@opt/data";
import { loadMnist } from "@opt/data/node";
import { formatCount } from "../terminal/format.ts";
import type { DigitSets } from "./digit-sets.ts";
import { GENERATED_EXAMPLES, drawDigitSets, toTestDigits } from "./digit-sets.ts";

/** What to load or draw. */
export interface DigitOptions {
  /** A directory with the MNIST files; without it, digits are generated. */
  readonly data?: string;
  /** How many training digits; default all of a directory, {@link GENERATED_EXAMPLES} of generated ones. */
  readonly examples?: number;
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
  if (options.data === undefined) return drawDigitSets(options.examples ?? GENERATED_EXAMPLES, key);
  const { train, test } = await loadMnist(options.data);
  const training = options.examples === undefined ? train : firstExamples(train, options.examples);
  return { description: `${formatCount(training.size)} digits from ${options.data}`, training, test: toTestDigits(test) };
}
