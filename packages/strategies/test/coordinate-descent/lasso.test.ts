import { key, randomNormal } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { LassoOptions } from "../../src/index.ts";
import { lasso, lassoPath, softThreshold } from "../../src/index.ts";
import { goldenFile } from "../golden.ts";
import { largest } from "./quadratic.ts";

expect.extend(matchers);

interface LassoCase {
  readonly design: number[][];
  readonly target: number[];
  readonly solutions: readonly { readonly penalty: number; readonly coefficients: number[]; readonly objective: number }[];
}

const { cases } = goldenFile<{ readonly cases: readonly LassoCase[] }>("lasso");
const problems = cases.map((problem) => ({ name: `${problem.design.length} × ${problem.design[0]?.length ?? 0}`, ...problem }));
const orders: Pick<LassoOptions, "order" | "key">[] = [{ order: "cyclic" }, { order: "random", key: key(2) }];

function residualOf(design: readonly (readonly number[])[], target: readonly number[], coefficients: ArrayLike<number>): number[] {
  return design.map((row, index) => (target[index] ?? 0) - row.reduce((total, entry, column) => total + entry * (coefficients[column] ?? 0), 0));
}

/** `Xᵀ r`. */
function correlationsOf(design: readonly (readonly number[])[], residual: readonly number[]): number[] {
  return (design[0] ?? []).map((_entry, column) => design.reduce((total, row, index) => total + (row[column] ?? 0) * (residual[index] ?? 0), 0));
}

describe.each(problems)("scikit-learn's lasso, $name", ({ design, target, solutions }) => {
  it.each(orders)("has the same objective and coefficients, $order order", (order) => {
    for (const { penalty, coefficients, objective } of solutions) {
      const result = lasso({ design, target, penalty, ...order, tolerance: 1e-14 });
      expect(result.status).toBe("converged");
      expect(result.value).toBeCloseTo(objective, 10);
      expect(result.coefficients).toBeAllClose(coefficients, { relative: 1e-6, absolute: 1e-6 });
      expect(result.nonZeros).toBe(coefficients.filter((value) => value !== 0).length);
    }
  });

  it("meets the conditions of Karush, Kuhn and Tucker, and its gap bounds the distance from the minimum", () => {
    const halfSquare = 0.5 * target.reduce((total, value) => total + value * value, 0);
    for (const { penalty, objective } of solutions) {
      const { coefficients, value, gap } = lasso({ design, target, penalty });
      expect(gap).toBeLessThanOrEqual(1e-10 * halfSquare);
      expect(value - objective).toBeLessThanOrEqual(gap + 1e-12 * halfSquare);
      const weights = Array.from(coefficients.readSync());
      const slack = 1e-4 * penalty;
      correlationsOf(design, residualOf(design, target, weights)).forEach((correlation, index) => {
        const weight = weights[index] ?? 0;
        if (weight === 0) expect(Math.abs(correlation)).toBeLessThanOrEqual(penalty + slack);
        else expect(Math.abs(correlation - Math.sign(weight) * penalty)).toBeLessThanOrEqual(slack);
      });
    }
  });

  it("is exactly 0 from the largest correlation on, and not below it", () => {
    const penalty = largest(correlationsOf(design, target));
    for (const factor of [1, 1.5]) {
      const { coefficients, nonZeros } = lasso({ design, target, penalty: factor * penalty });
      expect(Array.from(coefficients.readSync()).every((value) => Object.is(value, 0))).toBe(true);
      expect(nonZeros).toBe(0);
    }
    expect(lasso({ design, target, penalty: 0.99 * penalty }).nonZeros).toBeGreaterThan(0);
  });

  it("takes a path from large to small penalties to the same minima as each alone", () => {
    const largestPenalty = largest(correlationsOf(design, target));
    const penalties = Array.from({ length: 20 }, (_, index) => largestPenalty * 0.8 ** index);
    const path = [...lassoPath({ design, target, penalties, tolerance: 1e-4 })];
    const alone = penalties.map((penalty) => lasso({ design, target, penalty, tolerance: 1e-4 }));
    expect(path.map(({ penalty }) => penalty)).toEqual(penalties);
    path.forEach(({ value, gap }, index) => {
      const other = alone[index] ?? { value: Number.NaN, gap: Number.NaN };
      expect(Math.abs(value - other.value)).toBeLessThanOrEqual(Math.max(gap, other.gap));
    });
  });
});

describe("orthonormal columns", () => {
  const half = [[1, 1], [1, -1], [1, 1], [1, -1]].map((row, index) => [...row, index < 2 ? 1 : -1].map((entry) => entry / 2));

  it("are solved in one sweep by the soft threshold of each correlation", () => {
    const target = [3, -1, 0.5, 2];
    const { coefficients, sweeps, gap } = lasso({ design: half, target, penalty: 0.4 });
    expect(coefficients).toBeAllClose(correlationsOf(half, target).map((value) => softThreshold(value, 0.4)), { relative: 1e-14 });
    expect(sweeps).toBe(1);
    expect(gap).toBeLessThan(1e-14);
  });
});

describe("outcomes", () => {
  it("max-sweeps says how far it is", () => {
    const [problem] = problems;
    const { design, target } = problem ?? { design: [], target: [] };
    const { status, gap, message, sweeps } = lasso({ design, target, penalty: 1e-3, maxSweeps: 1, tolerance: 1e-16 });
    expect({ status, sweeps }).toEqual({ status: "max-sweeps", sweeps: 1 });
    expect(gap).toBeGreaterThan(0);
    expect(message).toBe(`the largest number of sweeps was reached with a duality gap of ${gap}. Allow more sweeps, or accept a larger tolerance.`);
  });

  it("begins where it is told, takes tensors of any dtype, and a column of zeros keeps its coefficient of 0", () => {
    const design = randomNormal(key(4), [10, 3]).mul(randomNormal(key(5), [3]));
    const target = randomNormal(key(6), [10]);
    const first = lasso({ design, target, penalty: 0.1 });
    const again = lasso({ design, target, penalty: 0.1, initial: first.coefficients });
    expect(again.sweeps).toBe(0);
    expect(again.coefficients).toBeAllClose(first.coefficients);
    expect(lasso({ design: [[1, 0], [1, 0]], target: [2, 4], penalty: 1 }).coefficients).toBeAllClose([2.5, 0], { relative: 1e-14 });
    expect(lasso({ design: [[1, 2]], target: [0], penalty: 1 })).toMatchObject({ value: 0, gap: 0, sweeps: 0, status: "converged" });
  });
});
