import type { Tensor } from "@opt/core";
import { key, tensor } from "@opt/core";
import { compareNumbers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { orthogonal } from "../src/index.ts";

function identity(size: number, scale: number): number[][] {
  return Array.from({ length: size }, (_, row) => Array.from({ length: size }, (__, column) => (row === column ? scale : 0)));
}

describe("orthogonal", () => {
  for (const method of ["householder", "gram-schmidt"] as const) {
    for (const gain of [1, Math.SQRT2]) {
      for (const [rows, columns] of [[1, 1], [5, 5], [64, 64], [40, 7], [7, 40], [1, 6]] as const) {
        it(`by ${method} has orthogonal ${rows < columns ? "rows" : "columns"} of length ${gain.toFixed(2)} for [${String(rows)}, ${String(columns)}]`, () => {
          const weight = orthogonal({ gain, method })(key(3), [rows, columns], { dtype: "f64" });
          const product = rows < columns ? weight.matmul(weight.transpose()) : weight.transpose().matmul(weight);
          const { close, message } = compareNumbers(product, identity(Math.min(rows, columns), gain ** 2), { relative: 1e-13 });
          expect(close, message).toBe(true);
        });
      }
    }
  }

  it("is one matrix by both methods, because Q with a positive diagonal of R is unique", () => {
    const draw = (method: "householder" | "gram-schmidt"): Tensor => orthogonal({ method })(key(9), [30, 20], { dtype: "f64" });
    const { close, message } = compareNumbers(draw("gram-schmidt"), draw("householder"), { relative: 1e-11 });
    expect(close, message).toBe(true);
  });

  it("takes leading axes together as rows", () => {
    const weight = orthogonal()(key(1), [2, 3, 4], { dtype: "f64" });
    const flat = weight.reshape([6, 4]);
    const { close, message } = compareNumbers(flat.transpose().matmul(flat), identity(4, 1), { relative: 1e-13 });
    expect(close, message).toBe(true);
  });

  it("rounds to f32 what it computed in f64", () => {
    const double = orthogonal()(key(2), [8, 8], { dtype: "f64" }).readSync();
    expect(orthogonal()(key(2), [8, 8]).readSync()).toEqual(Float32Array.from(double));
  });

  it("is Haar distributed: moments of the trace, and both signs of the determinant", () => {
    // For Haar matrices of the orthogonal group of size n ≥ 3, E tr W = 0, E (tr W)² = 1 and P(det W = 1) = 1/2. Without
    // the sign correction the diagonal is biased and every determinant has the sign (−1)ⁿ.
    const draws = 4000;
    let total = 0;
    let squares = 0;
    let positive = 0;
    for (let seed = 0; seed < draws; seed++) {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = orthogonal()(key(seed), [3, 3], { dtype: "f64" }).readSync();
      const trace = a + e + i;
      total += trace;
      squares += trace ** 2;
      if (a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) > 0) positive++;
    }
    // Five standard errors; E (tr W)⁴ = 3.
    expect(Math.abs(total / draws)).toBeLessThan(5 / Math.sqrt(draws));
    expect(Math.abs(squares / draws - 1)).toBeLessThan(5 * Math.sqrt(2 / draws));
    expect(Math.abs(positive / draws - 0.5)).toBeLessThan(2.5 / Math.sqrt(draws));
  });

  it("says that its key must be made of numbers", () => {
    expect(() => orthogonal()([tensor(1), 2], [2, 2])).toThrowErrorMatchingInlineSnapshot(`[OptError: orthogonal(key, shape): works on the host, so the key must be made of numbers; got one that is traced. Draw before the compiled function is called, or use heNormal() or another initializer of independent elements.]`);
  });
});
