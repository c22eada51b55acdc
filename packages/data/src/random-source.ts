import { foldIn, hostRandomUniform } from "@opt/core";
import type { Key } from "@opt/core";

/** Random numbers one after another, all of them determined by the key. */
export interface RandomSource {
  /** Uniform in [minimum, maximum). */
  uniform(minimum: number, maximum: number): number;
  /** Normal with mean 0. */
  normal(standardDeviation: number): number;
}

/**
 * Turns a key into a source of numbers on the host, drawn in chunks.
 *
 * @param key - A key of numbers.
 * @param chunkSize - How many to draw at once: about as many as will be needed.
 */
export function randomSource(key: Key, chunkSize = 256): RandomSource {
  let chunk = new Float64Array(0);
  let used = 0;
  let chunks = 0;
  function next(): number {
    if (used === chunk.length) {
      chunk = new Float64Array(hostRandomUniform(foldIn(key, chunks), chunkSize));
      chunks += 1;
      used = 0;
    }
    return chunk[used++]!;
  }
  return {
    uniform: (minimum, maximum) => minimum + (maximum - minimum) * next(),
    // Box and Muller 1958; 1 − u is never 0.
    normal: (standardDeviation) => standardDeviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
