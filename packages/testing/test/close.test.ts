import { tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { compareNumbers, matchers } from "../src/index.ts";

expect.extend(matchers);

describe("compareNumbers", () => {
  it("compares tensors, typed arrays, nested arrays and numbers", () => {
    const x = tensor([[1, 2], [3, 4]]);
    expect(compareNumbers(x, [[1, 2], [3, 4]]).close).toBe(true);
    expect(compareNumbers(x, [1, 2, 3, 4]).close).toBe(true);
    expect(compareNumbers(Float64Array.of(1, 1), 1).close).toBe(true);
    expect(compareNumbers(2, 2 + 1e-7).close).toBe(true);
    expect(compareNumbers([Number.POSITIVE_INFINITY, Number.NaN], [Number.POSITIVE_INFINITY, Number.NaN]).close).toBe(true);
  });

  it("uses a finer tolerance for f64", () => {
    expect(compareNumbers(Float64Array.of(1 + 1e-8), [1]).close).toBe(false);
    expect(compareNumbers(Float32Array.of(1 + 1e-6), [1]).close).toBe(true);
  });

  it("says which element is worst", () => {
    expect(compareNumbers(tensor([[1, 2], [3, 4]]), [[1, 2.5], [7, 4]], { relative: 1e-3 }).message).toMatchInlineSnapshot(
      `"2 of 4 elements differ by more than relative 0.001, absolute 0.001; the worst at [1, 0]: expected 7, got 3 (difference 4.00e+0)"`,
    );
    expect(compareNumbers([1, Number.NaN], [1, 2]).message).toMatchInlineSnapshot(
      `"1 of 2 elements differ by more than relative 0.00001, absolute 0.00001; the worst at [1]: expected 2, got NaN (difference NaN)"`,
    );
  });

  it("refuses other shapes", () => {
    expect(compareNumbers(tensor([[1, 2]]), [[1], [2]]).message).toBe("expected shape [2, 1], got [1, 2]");
    expect(compareNumbers([1, 2], [1, 2, 3]).message).toBe("expected shape [3], got [2]");
  });
});

describe("toBeAllClose", () => {
  it("passes and fails with the message of the comparison", () => {
    expect(tensor([1, 2])).toBeAllClose([1, 2]);
    expect([1, 2]).not.toBeAllClose([1, 3]);
    expect(() => expect([1, 2]).toBeAllClose([1, 3], { relative: 0.1, absolute: 0 })).toThrow(
      "1 of 2 elements differ by more than relative 0.1, absolute 0; the worst at [1]: expected 3, got 2 (difference 1.00e+0)",
    );
  });
});
