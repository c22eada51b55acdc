import { checkNumber, fail, hostPermutation } from "@opt/core";
import type { Key } from "@opt/core";

import type { Dataset } from "./dataset.ts";
import { gatherDataset } from "./gather.ts";

/**
 * Splits a data set at random into two that share no example.
 *
 * @param data - The examples.
 * @param fraction - The part of them that goes into the first, in (0, 1); rounded to whole examples.
 * @param key - The key of the random choice.
 * @returns The two data sets, with arrays of their own.
 * @throws OptError `option` for a fraction out of range, `data` when one of the two would be empty.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { blobs, split } from "@opt/data";
 *
 * const [training, validation] = split(blobs({ count: 100, key: key(1) }), 0.8, key(2));
 * training.size; // 80
 * validation.size; // 20
 * ```
 */
export function split(data: Dataset, fraction: number, key: Key): readonly [Dataset, Dataset] {
  checkNumber("split", "fraction", fraction, { above: 0, below: 1 });
  const first = Math.round(data.size * fraction);
  if (first === 0 || first === data.size) {
    fail("data", `split({ fraction: ${fraction} }): must leave examples on both sides; of ${data.size} examples ${first} would go into the first.`);
  }
  const order = hostPermutation(key, data.size);
  return [gatherDataset(data, order, 0, first), gatherDataset(data, order, first, data.size)];
}
