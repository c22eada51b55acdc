import { abs, cast, equal, grad, greater, isFinite, less, lessEqual, log, log1p, logicalAnd, logicalNot, logicalOr, max, maximum, min, minimum, pow, relu, sign, stopGradient, tensor, where } from "@opt/core";
import type { Tensor } from "@opt/core";
import { checkGradients, projectionWeights } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { Inputs } from "./derivative-cases.ts";
import { composedCases, derivativeCases } from "./derivative-cases.ts";

function f64(data: Parameters<typeof tensor>[0]): Tensor {
  return tensor(data, { dtype: "f64" });
}

/** The gradient of a projection of the gradient: every second derivative takes part. */
function projectedGradient(fn: (inputs: Inputs) => Tensor): (inputs: Inputs) => Tensor {
  const gradientOf = grad((inputs: Inputs) => {
    const result = fn(inputs);
    return result.mul(projectionWeights(result)).sum();
  });
  return (inputs) => gradientOf(inputs).map((leaf) => leaf.mul(projectionWeights(leaf)).sum()).reduce((left, right) => left.add(right));
}

describe("derivatives of the primitives agree with central differences in f64", () => {
  for (const [name, cases] of Object.entries(derivativeCases("f64"))) {
    if (typeof cases === "string") continue;
    it(`${name}: first and second derivative`, () => {
      for (const { fn, inputs } of cases) {
        checkGradients(fn, inputs(), { relative: 1e-6, absolute: 1e-8 });
        checkGradients(projectedGradient(fn), inputs(), { relative: 1e-6, absolute: 1e-8 });
      }
    });
  }

  it("lets nothing flow through predicates, sign, stopGradient and integers", () => {
    const x = f64([-1.5, 0.5, 2]);
    const flat: Readonly<Record<string, (x: Tensor) => Tensor>> = {
      sign, stopGradient, integers: (y) => cast(cast(y, "i32"), "f64"), less: (y) => cast(less(y, 1), "f64"), lessEqual: (y) => cast(lessEqual(y, 1), "f64"),
      equal: (y) => cast(equal(y, 1), "f64"), not: (y) => cast(logicalNot(less(y, 1)), "f64"), isFinite: (y) => cast(isFinite(y), "f64"),
      and: (y) => cast(logicalAnd(less(y, 1), greater(y, -1)), "f64"), or: (y) => cast(logicalOr(less(y, 1), greater(y, -1)), "f64"),
    };
    for (const fn of Object.values(flat)) expect([...grad((y: Tensor) => fn(y).mul(3).sum())(x).readSync()]).toEqual([0, 0, 0]);
  });
});

describe("derivatives of compositions", () => {
  it.each(Object.entries(composedCases("f64")))("%s: first and second derivative", (_, { fn, inputs }) => {
    checkGradients(fn, inputs(), { relative: 1e-6, absolute: 1e-8 });
    checkGradients(projectedGradient(fn), inputs(), { relative: 1e-6, absolute: 1e-8 });
  });
});

describe("derivatives at special places", () => {
  const slopes = (fn: (x: Tensor) => Tensor, data: number[]): number[] => [...grad((x: Tensor) => fn(x).sum())(f64(data)).readSync()];

  it("shares the derivative of max equally among ties", () => {
    expect(slopes((x) => max(x), [1, 3, 3, 2, 3])).toEqual([0, 1 / 3, 1 / 3, 0, 1 / 3]);
    expect([...grad((x: Tensor) => max(x, 1).mul(f64([2, 10])).sum())(f64([[5, 5], [1, 7]])).readSync()]).toEqual([1, 1, 0, 10]);
    expect(slopes((x) => min(x), [2, 1, 1])).toEqual([0, 0.5, 0.5]);
  });

  it("halves the derivative of maximum and minimum between equal operands", () => {
    const gradients = grad(([a = f64(0), b = f64(0)]: Inputs) => maximum(a, b).add(minimum(a, b).mul(10)).sum())([f64([1, 2, 3]), f64([2, 2, 2])]);
    expect(gradients.map((leaf) => [...leaf.readSync()])).toEqual([[10, 5.5, 1], [1, 5.5, 10]]);
  });

  it("takes the derivative of relu, abs and sign at 0 as 0", () => {
    expect(slopes(relu, [-1, 0, 2])).toEqual([0, 0, 1]);
    expect(slopes(abs, [-1, 0, 2])).toEqual([-1, 0, 1]);
  });

  it("gives powers their derivatives at 0 and at negative bases", () => {
    expect(slopes((x) => pow(x, 3), [0, -2])).toEqual([0, 12]);
    expect(slopes((x) => pow(x, 1), [0, -2])).toEqual([1, 1]);
    expect(slopes((x) => pow(x, f64([3, 2, 1])), [0, -2, 0])).toEqual([0, -4, 1]);
    const [, byExponent = f64(0)] = grad(([a = f64(0), b = f64(0)]: Inputs) => pow(a, b).sum())([f64([0, 1, 2]), f64([2, 5, 3])]);
    expect([...byExponent.readSync()]).toEqual([0, 0, 8 * Math.LN2]);
  });

  it("lets the derivative of where flow only into what was chosen, also beside a pole", () => {
    expect(slopes((x) => where(greater(x, 0), log(where(greater(x, 0), x, 1)), 0), [2, 0, -1])).toEqual([0.5, 0, 0]);
  });

  it("keeps log1p exact near 0", () => {
    expect(slopes(log1p, [0, 1e-17])).toEqual([1, 1]);
  });
});
