import { key } from "@opt/core";
import { describe, expect, it } from "vitest";
import { sparse } from "../src/index.ts";

/** The rows of a column's elements that are not 0. */
function connected(values: ArrayLike<number>, columns: number, column: number): number[] {
  return Array.from(values, (value, index) => (value !== 0 && index % columns === column ? Math.floor(index / columns) : -1)).filter((row) => row >= 0);
}

describe("sparse", () => {
  it("connects every unit to exactly k different inputs, each unit to others", () => {
    const values = sparse()(key(1), [200, 30]).readSync();
    const rows = Array.from({ length: 30 }, (_, unit) => connected(values, 30, unit));
    expect(rows.map((own) => own.length)).toEqual(Array.from({ length: 30 }, () => 15));
    expect(new Set(rows.map((own) => own.join())).size).toBe(30);
  });

  it("connects to all inputs where there are not k", () => {
    expect(Array.from(sparse({ connections: 20 })(key(1), [3, 4]).readSync()).filter((value) => value !== 0)).toHaveLength(12);
  });

  it("chooses every input equally often", () => {
    const units = 4000;
    const values = sparse({ connections: 3 })(key(2), [10, units]).readSync();
    const counts = Array.from({ length: 10 }, (_, input) => Array.from(values.subarray(input * units, (input + 1) * units)).filter((value) => value !== 0).length);
    // Each of 4000 units chooses an input with probability 0.3; five standard errors.
    for (const count of counts) expect(Math.abs(count - 0.3 * units)).toBeLessThan(5 * Math.sqrt(units * 0.3 * 0.7));
  });

  it("draws the connected weights from the standard normal distribution", () => {
    const drawn = Array.from(sparse()(key(3), [100, 400], { dtype: "f64" }).readSync()).filter((value) => value !== 0);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const fourth = drawn.reduce((sum, value) => sum + value ** 4, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(drawn.length));
    // E z⁴ = 3 with variance 96.
    expect(Math.abs(fourth - 3)).toBeLessThan(5 * Math.sqrt(96 / drawn.length));
  });
});
