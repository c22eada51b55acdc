import { compile, foldIn, hostPermutation, hostRandomBits, hostRandomNormal, hostRandomUniform, key, randomNormal, randomUniform, splitKey } from "@opt/core";
import type { Key, Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";

const elements = (x: Tensor): number[] => [...x.readSync()];

/** How many standard errors a mean is away from what it should be. */
function standardErrors(values: readonly number[], expected: number, deviation: number): number {
  return Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - expected) / (deviation / Math.sqrt(values.length));
}

describe("keys", () => {
  it("hold all bits of the seed", () => {
    expect([key(0), key(1), key(2 ** 32), key(2 ** 32 + 5), key(Number.MAX_SAFE_INTEGER)]).toEqual([[0, 0], [0, 1], [1, 0], [1, 5], [2 ** 21 - 1, 2 ** 32 - 1]]);
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) expect(() => key(seed)).toThrow("key({ seed }): must be an integer in");
  });

  it("split and fold into distinct keys, repeatably", () => {
    const derived: Key[] = [key(7), ...splitKey(key(7), 100), ...Array.from({ length: 100 }, (_, data) => foldIn(key(7), data)), ...splitKey(foldIn(key(7), 3), 100)];
    expect(new Set(derived.map((each) => each.join())).size).toBe(derived.length);
    expect(splitKey(key(7), 3)).toEqual(splitKey(key(7), 100).slice(0, 3));
    expect(() => foldIn(key(1), -1)).toThrow("foldIn({ data })");
    expect(() => splitKey(key(1), 0)).toThrow("splitKey({ count })");
  });

  it("draw unrelated numbers", () => {
    const [a, b] = splitKey(key(3), 2).map((each) => hostRandomUniform(each, 20_000));
    const products = Array.from(a ?? [], (value, index) => (value - 0.5) * ((b?.[index] ?? 0) - 0.5));
    expect(standardErrors(products, 0, 1 / 12)).toBeLessThan(5);
  });
});

describe("draws", () => {
  it("depend on the key and the index alone", () => {
    const long = elements(randomUniform(key(5), [1000]));
    expect(elements(randomUniform(key(5), [7]))).toEqual(long.slice(0, 7));
    expect(elements(randomUniform(key(5), [10, 100]))).toEqual(long);
    expect(elements(randomUniform(key(5), [10, 100]).transpose().transpose())).toEqual(long);
    expect(elements(compile((a: Key) => randomUniform(a, [1000]))(key(5)))).toEqual(long);
    expect(elements(randomUniform(key(5), [2, 500]).sum(0).add(0)).slice(0, 2)).toEqual([0, 1].map((index) => Math.fround((long[index] ?? 0) + (long[index + 500] ?? 0))));
    expect(elements(randomUniform(key(6), [1000]))).not.toEqual(long);
  });

  it("are the same bits in every dtype and on the host", () => {
    for (const seed of [0, 1, 2 ** 40 + 11]) {
      expect(randomUniform(key(seed), [501], { dtype: "f64" }).readSync()).toEqual(hostRandomUniform(key(seed), 501));
      const bits = hostRandomBits(key(seed), 501);
      expect(randomUniform(key(seed), [501]).readSync()).toEqual(Float32Array.from(bits, (word) => (word >>> 8) * 2 ** -24));
      const single = elements(randomUniform(key(seed), [501]));
      const double = elements(randomUniform(key(seed), [501], { dtype: "f64" }));
      expect(Math.max(...single.map((value, index) => Math.abs(value - (double[index] ?? 0))))).toBeLessThan(2 ** -24);
    }
  });

  it("match the host's normal numbers up to rounding", () => {
    const host = hostRandomNormal(key(9), 500);
    elements(randomNormal(key(9), [500], { dtype: "f64" })).forEach((value, index) => { expect(value).toBeCloseTo(host[index] ?? NaN, 12); });
  });

  it.each(["f32", "f64"] as const)("have the moments of their distributions, %s", (dtype) => {
    const uniform = elements(randomUniform(key(11), [50_000], { dtype }));
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(standardErrors(uniform, 0.5, Math.sqrt(1 / 12))).toBeLessThan(5);
    expect(standardErrors(uniform.map((value) => (value - 0.5) ** 2), 1 / 12, Math.sqrt(1 / 180))).toBeLessThan(5);
    const normal = elements(randomNormal(key(12), [50_000], { dtype }));
    expect(standardErrors(normal, 0, 1)).toBeLessThan(5);
    expect(standardErrors(normal.map((value) => value ** 2), 1, Math.sqrt(2))).toBeLessThan(5);
    expect(standardErrors(normal.map((value) => value ** 3), 0, Math.sqrt(15))).toBeLessThan(5);
    expect(standardErrors(normal.map((value) => value ** 4), 3, Math.sqrt(96))).toBeLessThan(5);
    expect(normal.every(Number.isFinite)).toBe(true);
  });

  it("are shifted and scaled by their options", () => {
    const unit = elements(randomUniform(key(1), [100], { dtype: "f64" }));
    expect(elements(randomUniform(key(1), [100], { minimum: -2, maximum: 3, dtype: "f64" }))).toEqual(unit.map((value) => value * 5 - 2));
    const normal = elements(randomNormal(key(1), [100], { dtype: "f64" }));
    expect(elements(randomNormal(key(1), [100], { mean: 4, standardDeviation: 0.5, dtype: "f64" }))).toEqual(normal.map((value) => value * 0.5 + 4));
    expect(() => randomUniform(key(1), [1], { minimum: 2 })).toThrowErrorMatchingInlineSnapshot(`[OptError: randomUniform({ maximum }): must be a number ≥ 2; got 1.]`);
    expect(() => randomNormal(key(1), [1], { standardDeviation: -1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: randomNormal({ standardDeviation }): must be a number ≥ 0; got -1.]`);
    expect(() => randomNormal(key(1), [1], { std: 1 } as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: randomNormal({ std }): unknown option. Known options: mean, standardDeviation, dtype.]`);
    expect(() => randomUniform(key(1), [1.5])).toThrowErrorMatchingInlineSnapshot(`[OptError: randomUniform: a shape is a list of whole numbers ≥ 0; got [1.5].]`);
  });

  it("give every call of a compiled function its own numbers", () => {
    const draw = compile((seed: Key) => randomNormal(seed, [3]));
    const results = [1, 2, 3].map((seed) => elements(draw(key(seed))));
    expect(results).toEqual([1, 2, 3].map((seed) => elements(randomNormal(key(seed), [3]))));
    expect(new Set(results.flat()).size).toBe(9);
  });
});

describe("hostPermutation", () => {
  it("is a permutation", () => {
    for (const count of [0, 1, 2, 17, 1000]) {
      const sorted = [...hostPermutation(key(count), count)].sort((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length: count }, (_, index) => index));
    }
    expect(() => hostPermutation(key(1), -1)).toThrow("must be an integer ≥ 0");
  });

  it("makes every order of four equally often", () => {
    const draws = 12_000;
    const counts = new Map<string, number>();
    for (let index = 0; index < draws; index++) {
      const order = hostPermutation(foldIn(key(1), index), 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // χ² with 23 degrees of freedom: mean 23, standard deviation 6.8.
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - draws / 24) ** 2 / (draws / 24), 0);
    expect(chiSquare).toBeLessThan(57);
  });

  it("needs a key of numbers", () => {
    expect(() => compile((seed: Key) => [hostPermutation(seed, 3).length])(key(1))).toThrowErrorMatchingInlineSnapshot(`[OptError: hostRandomUniform: needs a key of numbers; inside a compiled function draw with randomUniform or randomNormal instead.]`);
  });
});
