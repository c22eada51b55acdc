import { scalar } from "../ops/scalar.ts";
import { fail } from "../errors.ts";
import { checkNumber } from "../options.ts";
import type { Scalar } from "../tensor/tensor.ts";
import { threefry2x32 } from "./threefry.ts";

/**
 * The state of randomness as plain data: two unsigned 32-bit numbers. The same key always gives the same bits, on every
 * backend and in any order; fresh bits come from fresh keys, made by {@link splitKey} and {@link foldIn}.
 */
export type Key = readonly [Scalar, Scalar];

/**
 * Makes a key from a seed.
 *
 * @param seed - A whole number in [0, 2⁵³).
 * @returns The key.
 * @throws OptError `option` for any other seed.
 *
 * @example
 * ```ts
 * import { key, randomNormal, splitKey } from "@opt/core";
 *
 * const [weightKey, noiseKey] = splitKey(key(1), 2);
 * const weight = randomNormal(weightKey, [2, 3]);
 * const noise = randomNormal(noiseKey, [3]);
 * ```
 */
export function key(seed: number): readonly [number, number] {
  checkNumber("key", "seed", seed, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  return [Math.floor(seed / 2 ** 32), seed >>> 0];
}

function derive(parent: Key, counter0: Scalar, counter1: number): Key {
  const [first, second] = parent;
  return [
    scalar((k0, k1, c0) => threefry2x32(k0, k1, c0, counter1)[0], first, second, counter0),
    scalar((k0, k1, c0) => threefry2x32(k0, k1, c0, counter1)[1], first, second, counter0),
  ];
}

/** Counter blocks that derive keys: far from the counters that number the elements of a draw, whose second word is 0. */
const splitDomain = 0x73706c74;
const foldDomain = 0x666f6c64;

type Repeat<Count extends number, Result extends Key[] = []> = number extends Count
  ? Key[]
  : Result["length"] extends Count
    ? Result
    : Repeat<Count, [...Result, Key]>;

/**
 * Derives independent keys from one.
 *
 * @param parent - A key; do not draw from it as well.
 * @param count - How many keys.
 * @returns The keys.
 */
export function splitKey<const Count extends number>(parent: Key, count: Count): Repeat<Count> {
  checkNumber("splitKey", "count", count, { min: 1, integer: true });
  // The array has `count` keys by construction.
  return Array.from({ length: count }, (_, index) => derive(parent, index, splitDomain)) as Repeat<Count>;
}

/**
 * Derives a key from a key and a number, such as a step or an epoch.
 *
 * @param parent - A key.
 * @param data - A whole number in [0, 2³²).
 * @returns The key of that number.
 */
export function foldIn(parent: Key, data: Scalar): Key {
  if (typeof data === "number") checkNumber("foldIn", "data", data, { min: 0, max: 2 ** 32 - 1, integer: true });
  return derive(parent, data, foldDomain);
}

/** A key's two words as numbers, for drawing on the host. */
export function keyWords(where: string, randomKey: Key): [number, number] {
  const [first, second] = randomKey;
  if (typeof first === "number" && typeof second === "number") return [first, second];
  return fail("trace", `${where}: needs a key of numbers; inside a compiled function draw with randomUniform or randomNormal instead.`);
}
