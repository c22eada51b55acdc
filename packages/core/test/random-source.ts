import { foldIn, hostRandomUniform, key } from "@opt/core";

/** Repeatable choices for tests, drawn through the core's own keys. */
export interface RandomSource {
  /** A whole number in [low, high]. */
  integer(low: number, high: number): number;
  /** A number in [0, 1). */
  uniform(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
}

/** Makes the random source of a seed. */
export function randomSource(seed: number): RandomSource {
  let block = 0;
  let numbers = new Float64Array(0);
  let position = 0;
  const uniform = (): number => {
    if (position === numbers.length) {
      numbers = hostRandomUniform(foldIn(key(seed), block++), 256) as Float64Array<ArrayBuffer>;
      position = 0;
    }
    return numbers[position++] ?? 0;
  };
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1));
  return {
    uniform,
    integer,
    chance: (probability) => uniform() < probability,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new Error("pick: no items");
      return item;
    },
  };
}
