import { checkNumber } from "../options.ts";
import type { Key } from "./key.ts";
import { keyWords } from "./key.ts";
import { threefry2x32 } from "./threefry.ts";

/** The words of a key of numbers, after a look at the count. */
function checkedWords(where: string, key: Key, count: number): readonly [number, number] {
  checkNumber(where, "count", count, { min: 0, integer: true });
  return keyWords(where, key);
}

/**
 * Draws random 32-bit words in plain JavaScript: threefry2x32-20 over the counters 0, 1, …
 *
 * @param key - A key of numbers.
 * @param count - How many words.
 * @returns Unsigned 32-bit words.
 */
export function hostRandomBits(key: Key, count: number): Uint32Array {
  const [key0, key1] = checkedWords("hostRandomBits", key, count);
  const bits = new Uint32Array(count);
  for (let index = 0; index < count; index++) bits[index] = threefry2x32(key0, key1, index, 0)[0];
  return bits;
}

/** 53 random bits as a number in [0, 1): what the kernels draw for f64. */
function unitInterval(words: readonly [number, number]): number {
  return ((words[0] >>> 5) * 2 ** 26 + (words[1] >>> 6)) * 2 ** -53;
}

/** Draws numbers uniform in [0, 1) with 53 random bits in plain JavaScript; equal to `randomUniform` in f64 bit for bit. */
export function hostRandomUniform(key: Key, count: number): Float64Array {
  const [key0, key1] = checkedWords("hostRandomUniform", key, count);
  return Float64Array.from({ length: count }, (_, index) => unitInterval(threefry2x32(key0, key1, index, 0)));
}

/** Draws standard normal numbers in plain JavaScript by the Box–Muller transform; equal to `randomNormal` in f64 up to rounding. */
export function hostRandomNormal(key: Key, count: number): Float64Array {
  const [key0, key1] = checkedWords("hostRandomNormal", key, count);
  return Float64Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log1p(-unitInterval(threefry2x32(key0, key1, index, 0))));
    return radius * Math.cos(2 * Math.PI * unitInterval(threefry2x32(key0, key1, index, 1)));
  });
}

/**
 * Draws a random order of 0 … count − 1 in plain JavaScript (Fisher and Yates's shuffle).
 *
 * @param key - A key of numbers.
 * @param count - How many items, below 2³².
 * @returns Each of 0 … count − 1 once.
 */
export function hostPermutation(key: Key, count: number): Uint32Array {
  const uniform = hostRandomUniform(key, count);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor((uniform[last] ?? 0) * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[chosen] ?? 0;
    order[chosen] = moved;
  }
  return order;
}
