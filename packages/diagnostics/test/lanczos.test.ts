import { key } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { EigenvaluesOptions } from "../src/index.ts";
import { lanczos } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { matrixWithSpectrum, multiply } from "./spectra.ts";

expect.extend(matchers);

const geometric = Array.from({ length: 120 }, (_, index) => 10 ** (-3 + (6 * index) / 119));
const ladder = Array.from({ length: 90 }, (_, index) => index - 30);
const spectra: readonly (readonly [name: string, spectrum: readonly number[], options: EigenvaluesOptions])[] = [
  ["one element", [-3], {}],
  ["zero", [0, 0, 0, 0], {}],
  ["the identity", [1, 1, 1, 1, 1, 1], {}],
  ["two multiple values", [-2, -2, -2, 5, 5], {}],
  ["an indefinite spectrum", ladder, {}],
  ["an indefinite spectrum with many restarts", ladder, { basisSize: 16, maxProducts: 2000 }],
  ["multiple extremes and a spread middle", [...Array.from({ length: 94 }, (_, index) => index / 10), 20, 20, 20, -7, -7, -7], {}],
  ["multiple extremes with many restarts", [...Array.from({ length: 94 }, (_, index) => index / 10), 20, 20, 20, -7, -7, -7], { basisSize: 14 }],
  ["a condition number of a million", geometric, {}],
  ["a large negative outlier", [-1e4, ...Array.from({ length: 60 }, (_, index) => 1 + index / 60)], {}],
];

describe.each(spectra)("Lanczos on %s", (_name, spectrum, options) => {
  const matrix = matrixWithSpectrum(spectrum, 7);
  const product = (vector: Float64Array): Float64Array => Float64Array.from(multiply(matrix, vector));
  const ascending = [...spectrum].sort((a, b) => a - b);
  const scale = Math.max(...spectrum.map(Math.abs));
  const count = Math.min(3, spectrum.length);

  it("finds both ends of the spectrum to 1e-10 with eigenvectors, multiple values as often as they occur", () => {
    const found = lanczos(product, spectrum.length, { ...options, largest: count, smallest: count, vectors: true });
    expect(found.status, found.message).toBe("converged");
    expect(found.smallest.map(({ value }) => value)).toBeAllClose(ascending.slice(0, count), { relative: 0, absolute: 1e-10 * scale });
    expect(found.largest.map(({ value }) => value)).toBeAllClose(ascending.slice(-count).reverse(), { relative: 0, absolute: 1e-10 * scale });
    for (const { value, residual, vector = new Float64Array(0) } of [...found.smallest, ...found.largest]) {
      expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
      const difference = Math.hypot(...multiply(matrix, vector).map((element, index) => element - value * vector[index]!));
      expect(residual).toBeAllClose(difference, { relative: 1e-6, absolute: 1e-12 * scale });
      expect(residual).toBeLessThanOrEqual(1e-8 * scale);
    }
  });
});

describe("Lanczos", () => {
  const diagonal = (values: readonly number[]) => (vector: Float64Array) => vector.map((element, index) => element * values[index]!);

  it("needs far fewer products than a dense method when the ends stand apart", () => {
    const values = [-50, ...Array.from({ length: 5000 }, (_, index) => Math.sin(index)), 80];
    const { largest, smallest, products, status } = lanczos(diagonal(values), values.length);
    expect(status).toBe("converged");
    expect(largest[0]?.value).toBeCloseTo(80, 10);
    expect(smallest[0]?.value).toBeCloseTo(-50, 10);
    expect(products).toBeLessThan(30);
  });

  it("gives the same bits for the same key, and the same values for another", () => {
    const values = Array.from({ length: 60 }, (_, index) => index ** 2);
    const run = (seed: number): number[] => lanczos(diagonal(values), 60, { key: key(seed) }).largest.map(({ value }) => value);
    expect(run(1)).toEqual(run(1));
    expect(run(2)).toBeAllClose(run(1), { relative: 1e-10 });
  });

  it("returns one end alone", () => {
    expect(lanczos(diagonal([1, 2, 3]), 3, { smallest: 0 })).toMatchObject({ smallest: [], largest: [{ value: expect.closeTo(3, 12) as number }] });
    expect(lanczos(diagonal([1, 2, 3]), 3, { largest: 0, smallest: 2 }).smallest.map(({ value }) => value)).toBeAllClose([1, 2], { relative: 1e-12 });
  });

  it("says when the products run out, with residuals that bound the error", () => {
    const { status, message, smallest, products } = lanczos(diagonal(geometric), 120, { basisSize: 12, maxProducts: 60 });
    expect(status).toBe("max-products");
    expect(message).toMatch(/^stopped after 60 products; the largest residual is \S+, asked for were 0\.00001\. Raise maxProducts, basisSize or the tolerance\.$/);
    expect(products).toBe(62);
    const [pair] = smallest;
    const nearest = Math.min(...geometric.map((value) => Math.abs(value - pair!.value)));
    expect(nearest).toBeLessThanOrEqual(pair!.residual);
  });

  it("says when products are not finite or not exact", () => {
    const broken = lanczos((vector) => vector.map(() => Number.NaN), 3);
    expect(broken).toEqual({
      status: "non-finite",
      message: "a product with the matrix holds an infinite or NaN element. Look at the parameters and the loss there.",
      largest: [],
      smallest: [],
      products: 1,
    });
    const values = Array.from({ length: 50 }, (_, index) => (index === 49 ? 100 : index));
    const rounded = (vector: Float64Array): Float64Array => Float64Array.from(vector, (element, index) => Math.fround(element * values[index]!));
    const { status, message, largest } = lanczos(rounded, 50, { tolerance: 1e-12, smallest: 0 });
    expect(status).toBe("inexact");
    expect(message).toMatch(/^the products are too inexact for the tolerance 1e-12: the largest residual is \S+, asked for were 1e-10\. Use f64 parameters and data, or a larger tolerance\.$/);
    expect(Math.abs(largest[0]!.value - 100)).toBeLessThanOrEqual(largest[0]!.residual);
  });

  it("names mistakes", () => {
    const product = diagonal([1, 2]);
    expect(complaint(() => lanczos(product, 2, { largest: 3 }))).toMatchInlineSnapshot(`"option: lanczos({ largest }): must be at most the dimension 2; got 3."`);
    expect(complaint(() => lanczos(product, 2, { largest: 0, smallest: 0 }))).toMatchInlineSnapshot(`"option: lanczos({ largest, smallest }): at least one eigenvalue must be wanted; got 0 and 0."`);
    expect(complaint(() => lanczos(product, 2, { tolerance: 0 }))).toMatchInlineSnapshot(`"option: lanczos({ tolerance }): must be a number > 0; got 0."`);
    expect(complaint(() => lanczos(product, 2, { basisSize: 3 }))).toMatchInlineSnapshot(`"option: lanczos({ basisSize }): must be an integer ≥ 4; got 3."`);
    expect(complaint(() => lanczos(product, 0))).toMatchInlineSnapshot(`"option: lanczos(product, dimension): dimension must be an integer ≥ 1; got 0."`);
    expect(complaint(() => lanczos(() => new Float64Array(3), 2))).toMatchInlineSnapshot(`"shape: lanczos(product): must return a vector of 2 elements; got 3."`);
    expect(complaint(() => lanczos(product, 2, { count: 1 } as EigenvaluesOptions))).toMatchInlineSnapshot(`"option: lanczos({ count }): unknown option. Known options: largest, smallest, tolerance, maxProducts, basisSize, vectors, key."`);
    expect(complaint(() => lanczos(product, 2, { vectors: 1 as never }))).toMatchInlineSnapshot(`"option: lanczos({ vectors }): must be true or false; got 1."`);
  });
});
