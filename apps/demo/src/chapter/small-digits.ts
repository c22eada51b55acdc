import type { Key } from "@opt/core";
import { splitKey } from "@opt/core";
import type { Batch, Dataset } from "@opt/data";
import { drawDigits, minibatches } from "@opt/data";

/** Small images of digits, for networks that train within seconds. */
export interface SmallDigits {
  readonly training: Dataset;
  readonly test: Dataset;
  /** How many pixels an image has. */
  readonly pixels: number;
  /** The test digits as a single batch, in the form that `fit` and `evaluate` take. */
  readonly testBatches: () => Iterable<Batch>;
}

/** What to draw. */
export interface SmallDigitsOptions {
  readonly training: number;
  readonly test: number;
  /** The side of an image in pixels. */
  readonly side: number;
}

/** Draws training and test digits. */
export function drawSmallDigits(key: Key, { training, test, side }: SmallDigitsOptions): SmallDigits {
  const [trainingKey, testKey] = splitKey(key, 2);
  const testDigits = drawDigits({ count: test, size: side, key: testKey });
  return {
    training: drawDigits({ count: training, size: side, key: trainingKey }),
    test: testDigits,
    pixels: side * side,
    testBatches: () => minibatches(testDigits, { batchSize: test, shuffle: "never" }).epoch(0),
  };
}
