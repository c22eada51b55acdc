import { exp, matmul, OptError, sin, square, stopGradient, sum, tanh, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { checkGradients, finiteDifferenceGradient, matchers } from "../src/index.ts";

expect.extend(matchers);

const double = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "f64" });

describe("finiteDifferenceGradient", () => {
  it("is exact for a quadratic up to rounding", () => {
    const params = { a: double([1, -2]), b: [double([[3]])] };
    const [byA, byB] = finiteDifferenceGradient(({ a, b }: typeof params) => sum(square(a)).add(sum(b[0]?.mul(5) ?? a)), params);
    expect(byA ?? []).toBeAllClose([2, -4], { relative: 1e-9 });
    expect(byB ?? []).toBeAllClose([5], { relative: 1e-9 });
  });

  it("is worse with a step that is far too large: the check measures something", () => {
    const [coarse] = finiteDifferenceGradient((x: Tensor) => sum(exp(x)), double([1]), { step: 0.5 });
    expect(coarse ?? []).not.toBeAllClose([Math.E], { relative: 1e-3 });
  });

  it("refuses f32 with the path of the input", () => {
    expect(() => finiteDifferenceGradient(({ x }: { x: Tensor }) => sum(x), { x: tensor([1]) })).toThrowErrorMatchingInlineSnapshot(`[OptError: finiteDifferenceGradient: input x: must be f64; got f32, whose rounding swamps finite differences. Use { dtype: "f64" }.]`);
    expect(() => finiteDifferenceGradient(({ x }: { x: Tensor }) => sum(x), { x: tensor([1]) })).toThrow(OptError);
  });
});

describe("checkGradients", () => {
  it("passes for right gradients of results of any shape", () => {
    checkGradients((x) => tanh(x).mul(sin(x)), double([0.3, -1.2]));
    checkGradients(([a, b]) => matmul(a, b), [double([[1, 2], [3, 4]]), double([[0.5, -1], [2, 0.1]])]);
    checkGradients(({ weight, bias }) => tanh(weight.add(bias)), { weight: double([[0.1, 0.2]]), bias: double([0.5]) });
  });

  it("fails for a wrong gradient and says where", () => {
    const half = (x: Tensor): Tensor => x.mul(stopGradient(x));
    expect(() => checkGradients(({ x }) => half(x), { x: double([2, 3]) })).toThrow(/derivatives and finite differences disagree\.\nderivative by x: 2 of 2/);
  });

  it("fails for a gradient that is off by a millionth part of it and a bit", () => {
    const x = double([2]);
    const options = (factor: number): { gradient: (point: Tensor) => Tensor } => ({
      // The result has one element, so the projection multiplies by cos(0.5).
      gradient: (point) => point.mul(2 * Math.cos(0.5) * factor),
    });
    checkGradients((point: Tensor) => square(point), x, options(1));
    expect(() => checkGradients((point: Tensor) => square(point), x, options(1 + 3e-6))).toThrow(/disagree/);
  });
});
