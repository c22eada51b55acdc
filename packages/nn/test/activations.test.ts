import type { Tensor } from "@opt/core";
import { grad, tensor } from "@opt/core";
import { checkGradients, compareNumbers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { ActivationName } from "../src/index.ts";
import { activation, leakyRelu, softplus } from "../src/index.ts";
import { goldenCases } from "./golden.ts";

interface ActivationCase {
  readonly activation: ActivationName;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly gradient: readonly number[];
}

const cases = goldenCases<ActivationCase>("activations");
const f64 = (data: readonly number[]): Tensor => tensor(data, { dtype: "f64" });

describe("activations", () => {
  it("are all in the golden file", () => {
    expect(cases.map(({ activation: name }) => name).sort()).toEqual(["leaky-relu", "linear", "relu", "sigmoid", "silu", "softplus", "tanh"]);
  });

  for (const { activation: name, inputs, outputs, gradient } of cases) {
    it(`${name} has the values and derivatives of PyTorch's`, () => {
      const f = activation(name);
      const values = compareNumbers(f(f64(inputs)), f64(outputs), { relative: 1e-14, absolute: 1e-17 });
      expect(values.close, values.message).toBe(true);
      const slopes = compareNumbers(grad((x: Tensor) => f(x).sum())(f64(inputs)), f64(gradient), { relative: 1e-13, absolute: 1e-17 });
      expect(slopes.close, slopes.message).toBe(true);
      const single = compareNumbers(f(tensor(inputs)), outputs, { relative: 1e-6, absolute: 1e-7 });
      expect(single.close, single.message).toBe(true);
    });

    it(`${name} has the derivatives of finite differences, first and second`, () => {
      const f = activation(name);
      const smooth = f64([-2, -0.7, 0.3, 1.5]);
      checkGradients(f, smooth);
      checkGradients((x: Tensor) => grad((y: Tensor) => f(y).mul(y).sum())(x), smooth);
    });
  }

  it("softplus has all derivatives at zero, where its parts have none", () => {
    checkGradients(softplus, f64([0]));
    checkGradients((x: Tensor) => grad((y: Tensor) => softplus(y).sum())(x), f64([0]));
    expect(Array.from(softplus(tensor([-200, 200, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).readSync())).toEqual([0, 200, Number.POSITIVE_INFINITY, 0]);
  });

  it("leakyRelu takes its slope", () => {
    expect(Array.from(leakyRelu(f64([-2, 3]), 0.25).readSync())).toEqual([-0.5, 3]);
  });

  it("are looked up by name", () => {
    // @ts-expect-error a misspelt name
    expect(() => activation("rleu")).toThrowErrorMatchingInlineSnapshot(`[OptError: activation({ name }): unknown activation "rleu". Did you mean "relu"?]`);
    // @ts-expect-error not a name
    expect(() => activation(3)).toThrowErrorMatchingInlineSnapshot(`[OptError: activation({ name }): unknown activation 3. Known: linear, relu, leaky-relu, tanh, sigmoid, softplus, silu; or give a function.]`);
  });
});
