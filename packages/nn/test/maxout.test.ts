import type { NestedNumbers } from "@opt/core";
import { grad, key, ones, randomNormal, zeros } from "@opt/core";
import { checkGradients } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { maxout } from "../src/index.ts";
import { expectClose, f64, tensorsOf } from "./close.ts";
import { goldenCases } from "./golden.ts";

interface MaxoutCase {
  readonly pieces: number;
  readonly params: { readonly weight: NestedNumbers; readonly bias: NestedNumbers };
  readonly inputs: NestedNumbers;
  readonly weights: NestedNumbers;
  readonly outputs: NestedNumbers;
  readonly gradients: { readonly weight: NestedNumbers; readonly bias: NestedNumbers };
  readonly inputGradient: NestedNumbers;
}

describe("maxout", () => {
  for (const golden of goldenCases<MaxoutCase>("maxout")) {
    it(`has PyTorch's values and gradients with ${String(golden.pieces)} pieces`, () => {
      const layer = maxout({ inputs: 4, outputs: 5, pieces: golden.pieces });
      const point = { params: tensorsOf(golden.params), x: f64(golden.inputs) };
      expectClose(layer.apply(point.params, point.x), f64(golden.outputs), 1e-13);
      const gradients = grad((at: typeof point) => layer.apply(at.params, at.x).mul(f64(golden.weights)).sum())(point);
      expectClose(gradients, { params: tensorsOf(golden.gradients), x: f64(golden.inputGradient) }, 1e-12);
    });
  }

  it("has the derivatives of finite differences", () => {
    const layer = maxout({ inputs: 3, outputs: 2, pieces: 3 });
    const x = randomNormal(key(1), [4, 3], { dtype: "f64" });
    checkGradients((params: ReturnType<typeof layer.init>) => layer.apply(params, x), layer.init(key(2), { dtype: "f64" }));
  });

  it("starts so that two pieces keep the second moment of a signal", () => {
    const layer = maxout({ inputs: 300, outputs: 200 });
    const outputs = layer.apply(layer.init(key(1)), randomNormal(key(2), [500, 300]));
    expect(Math.abs(outputs.pow(2).mean().item() - 1)).toBeLessThan(0.05);
  });

  it("names what does not fit", () => {
    const layer = maxout({ inputs: 2, outputs: 3 });
    const params = layer.init(key(1));
    expect(() => layer.apply(params, zeros([4, 3]))).toThrowErrorMatchingInlineSnapshot(`[OptError: maxout.apply(params, x): x must have shape [batch, 2]; got f32[4, 3].]`);
    expect(() => layer.apply({ ...params, bias: ones([3]) }, zeros([4, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: maxout.apply(params, x): params.bias must have shape [6]; got f32[3].]`);
    expect(() => maxout({ inputs: 2, outputs: 3, pieces: 1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: maxout({ pieces }): must be an integer ≥ 2; got 1.]`);
    // @ts-expect-error a misspelt option
    expect(() => maxout({ inputs: 2, outputs: 3, piece: 2 })).toThrowErrorMatchingInlineSnapshot(`[OptError: maxout({ piece }): unknown option. Did you mean "pieces"?]`);
    // @ts-expect-error an initializer by name
    expect(() => maxout({ inputs: 2, outputs: 3, weightInitializer: "he" })).toThrowErrorMatchingInlineSnapshot(`[OptError: maxout({ weightInitializer }): must be an initializer, a function of a key and a shape; got "he". Use one of @opt/init, such as heNormal().]`);
  });
});
