import type { NestedNumbers, Tensor } from "@opt/core";
import { grad, tensor, valueAndGrad } from "@opt/core";
import { checkGradients, compareNumbers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { SoftmaxCrossEntropyOptions } from "../src/index.ts";
import { accuracy, binaryCrossEntropy, meanSquaredError, softmaxCrossEntropy } from "../src/index.ts";
import { goldenCases } from "./golden.ts";

interface LossCase {
  readonly options: { readonly labelSmoothing?: number };
  readonly logits: NestedNumbers;
  readonly targets: NestedNumbers;
  readonly each: NestedNumbers;
  readonly mean: number;
  readonly sum: number;
  readonly gradient: NestedNumbers;
}

const f64 = (data: NestedNumbers): Tensor => tensor(data, { dtype: "f64" });
const i32 = (data: NestedNumbers): Tensor => tensor(data, { dtype: "i32" });

/** Fails with the worst element when tensor and numbers differ. */
function expectClose(actual: Tensor, expected: NestedNumbers, relative: number): void {
  const { close, message } = compareNumbers(actual, f64(expected), { relative });
  expect(close, message).toBe(true);
}

const losses: { name: string; makeTargets: typeof f64; loss: (x: Tensor, y: Tensor, options: SoftmaxCrossEntropyOptions) => Tensor }[] = [
  { name: "softmax-cross-entropy", makeTargets: i32, loss: softmaxCrossEntropy },
  { name: "binary-cross-entropy", makeTargets: f64, loss: binaryCrossEntropy },
  { name: "mean-squared-error", makeTargets: f64, loss: meanSquaredError },
];

for (const { name, makeTargets, loss } of losses) {
  describe(`${name} against PyTorch`, () => {
    for (const [index, golden] of goldenCases<LossCase>(name).entries()) {
      const { options, logits, targets, each, mean, sum, gradient } = golden;

      it(`has the same values and gradients in f64, case ${String(index)}`, () => {
        const y = makeTargets(targets);
        const [value, slope] = valueAndGrad((x: Tensor) => loss(x, y, options))(f64(logits));
        expectClose(value, mean, 1e-13);
        expectClose(slope, gradient, 1e-13);
        expectClose(loss(f64(logits), y, { ...options, reduction: "none" }), each, 1e-13);
        expectClose(loss(f64(logits), y, { ...options, reduction: "sum" }), sum, 1e-13);
      });

      it(`has the same values and gradients in f32, case ${String(index)}`, () => {
        const y = name === "softmax-cross-entropy" ? i32(targets) : tensor(targets);
        const [value, slope] = valueAndGrad((x: Tensor) => loss(x, y, options))(tensor(logits));
        // The inputs themselves are rounded: at |x| = 800 their last digit is 6e-5.
        expectClose(value, mean, 2e-6);
        expectClose(slope, gradient, 2e-5);
      });
    }
  });
}

describe("softmaxCrossEntropy", () => {
  it("neither overflows nor loses digits", () => {
    const logits = tensor([[1e4, -1e4], [1e4, -1e4], [0, -30]]);
    const each = softmaxCrossEntropy(logits, i32([0, 1, 0]), { reduction: "none" }).readSync();
    expect(each[0]).toBe(0);
    expect(each[1]).toBe(20000);
  });

  it("is ln(classes) for equal logits and has gradient (softmax − onehot) / batch", () => {
    const zero = tensor([[0, 0, 0, 0], [0, 0, 0, 0]]);
    const [value, slope] = valueAndGrad((x: Tensor) => softmaxCrossEntropy(x, i32([1, 3])))(zero);
    expect(value.item()).toBeCloseTo(Math.log(4), 6);
    expect(Array.from(slope.readSync())).toEqual([0.125, -0.375, 0.125, 0.125, 0.125, 0.125, 0.125, -0.375]);
  });

  it("is NaN for a label that is no class", () => {
    const each = softmaxCrossEntropy(tensor([[0, 0], [0, 0], [0, 0]]), i32([0, 2, -1]), { reduction: "none" });
    expect(Array.from(each.readSync())).toEqual([expect.closeTo(Math.LN2, 6), Number.NaN, Number.NaN]);
  });

  it("has the derivatives of finite differences, first and second", () => {
    const logits = f64([[0.3, -1.2, 0.8], [2, 0.1, -0.4]]);
    const labels = i32([2, 0]);
    const loss = (x: Tensor): Tensor => softmaxCrossEntropy(x, labels, { labelSmoothing: 0.2 });
    checkGradients(loss, logits);
    checkGradients((x: Tensor) => grad(loss)(x), logits);
  });
});

describe("binaryCrossEntropy", () => {
  it("has the derivatives of finite differences, first and second, at zero too", () => {
    const targets = f64([1, 0, 0.3, 1]);
    const loss = (x: Tensor): Tensor => binaryCrossEntropy(x, targets);
    const logits = f64([0, 0, 0.5, -2]);
    checkGradients(loss, logits);
    checkGradients((x: Tensor) => grad(loss)(x), logits);
  });

  it("keeps the digits of a confident, right answer in f32", () => {
    const value = binaryCrossEntropy(tensor([30]), tensor([1])).item();
    expect(Math.abs(value / Math.log1p(Math.exp(-30)) - 1)).toBeLessThan(1e-6);
  });
});

describe("accuracy", () => {
  it("is the share of rows whose largest logit is the label's", () => {
    const logits = tensor([[1, 3, 2], [5, 4, 3], [0, 0, 1], [2, 1, 0]]);
    expect(accuracy(logits, i32([1, 0, 2, 2])).item()).toBe(0.75);
    expect(accuracy(logits, i32([0, 1, 0, 1])).item()).toBe(0);
  });

  it("counts the first of equal logits", () => {
    expect(accuracy(tensor([[1, 1]]), i32([0])).item()).toBe(1);
  });
});

describe("mistakes in losses", () => {
  const logits = tensor([[1, 2], [3, 4]]);

  it("name the tensors with their shapes", () => {
    expect(() => softmaxCrossEntropy(logits, tensor([0, 1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: softmaxCrossEntropy(logits, labels): labels must be i32 class numbers; got f32[2]. Use cast(labels, "i32"), or argMax(labels, 1) for one-hot labels.]`);
    expect(() => softmaxCrossEntropy(logits, i32([0, 1, 1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: softmaxCrossEntropy(logits, labels): labels must have shape [2], one for each row of logits = f32[2, 2]; got i32[3].]`);
    expect(() => softmaxCrossEntropy(tensor([1, 2]), i32([0, 1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: softmaxCrossEntropy(logits, labels): logits must have shape [batch, classes]; got f32[2].]`);
    expect(() => accuracy(logits, i32([[0, 1]]))).toThrowErrorMatchingInlineSnapshot(`[OptError: accuracy(logits, labels): labels must have shape [2], one for each row of logits = f32[2, 2]; got i32[1, 2].]`);
    expect(() => meanSquaredError(logits, tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: meanSquaredError(predictions, targets): shapes must be equal; got predictions = f32[2, 2], targets = f32[2]. Reshape one of them: losses do not broadcast.]`);
    expect(() => binaryCrossEntropy(tensor([1, 2]), tensor([[1], [0]]))).toThrowErrorMatchingInlineSnapshot(`[OptError: binaryCrossEntropy(logits, targets): shapes must be equal; got logits = f32[2], targets = f32[2, 1]. Reshape one of them: losses do not broadcast.]`);
  });

  it("name the option", () => {
    expect(() => softmaxCrossEntropy(logits, i32([0, 1]), { labelSmoothing: 1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: softmaxCrossEntropy({ labelSmoothing }): must be in [0, 1); got 1.]`);
    // @ts-expect-error an unknown option
    expect(() => softmaxCrossEntropy(logits, i32([0, 1]), { labelSmoothin: 0.1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: softmaxCrossEntropy({ labelSmoothin }): unknown option. Did you mean "labelSmoothing"?]`);
    // @ts-expect-error an unknown reduction
    expect(() => meanSquaredError(logits, logits, { reduction: "average" })).toThrowErrorMatchingInlineSnapshot(`[OptError: meanSquaredError({ reduction }): must be one of mean, sum, none; got "average".]`);
  });
});
