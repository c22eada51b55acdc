import { readFileSync } from "node:fs";
import { grad, tensor, valueAndGrad } from "@opt/core";
import type { Tensor } from "@opt/core";
import { softmaxCrossEntropy } from "@opt/nn";
import { checkGradients, matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { distillationLoss } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

expect.extend(matchers);

interface Golden {
  readonly student: number[][];
  readonly teacher: number[][];
  readonly labels: number[];
  readonly cases: readonly { readonly options: { readonly temperature: number; readonly weight: number }; readonly loss: number; readonly gradient: number[][] }[];
}

// The file comes from tooling/golden/distillation_cases.py.
const golden = JSON.parse(readFileSync(new URL("../../../../tooling/golden/data/strategies/distillation.json", import.meta.url), "utf8")) as Golden;

describe("distillationLoss", () => {
  for (const dtype of ["f64", "f32"] as const) {
    // f32: T² = 400 magnifies the last bit of the softened outputs.
    const tolerance = dtype === "f64" ? { relative: 1e-12, absolute: 1e-12 } : { relative: 1e-6, absolute: 5e-6 };
    const student = tensor(golden.student, { dtype });
    const teacher = tensor(golden.teacher, { dtype });
    const labels = tensor(golden.labels, { dtype: "i32" });
    for (const { options, loss: expected, gradient } of golden.cases) {
      it(`is PyTorch's, value and gradient, with T = ${options.temperature} and w = ${options.weight} in ${dtype}`, () => {
        const loss = distillationLoss(options);
        const [value, computed] = valueAndGrad((logits: Tensor) => loss(logits, teacher, softmaxCrossEntropy(logits, labels)))(student);
        expect(value).toBeAllClose(tensor(expected, { dtype }), tolerance);
        expect(computed).toBeAllClose(tensor(gradient, { dtype }), tolerance);
      });
    }
  }

  const student = tensor([[1, -2, 0.5], [0, 3, -1]], { dtype: "f64" });
  const teacher = tensor([[0.2, 0.1, -1], [2, -2, 1]], { dtype: "f64" });

  it("has the derivative that finite differences have", () => {
    const loss = distillationLoss({ temperature: 3, weight: 1 });
    checkGradients((logits) => loss(logits, teacher), student);
  });

  it("is 0 with gradient 0 where the student tells what the teacher tells, up to a constant", () => {
    const loss = distillationLoss({ temperature: 3, weight: 1 });
    const [value, gradient] = valueAndGrad((logits: Tensor) => loss(logits, teacher))(teacher.add(5));
    expect(Math.abs(value.item())).toBeLessThan(1e-14);
    expect(gradient.readSync().every((each) => Math.abs(each) < 1e-14)).toBe(true);
    expect(loss(student, teacher).item()).toBeGreaterThan(0.1);
  });

  it("differentiates nothing through the teacher", () => {
    const loss = distillationLoss({ temperature: 2, weight: 0.5 });
    expect(Array.from(grad((logits: Tensor) => loss(student, logits, student.sum()))(teacher).readSync())).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("tends to matching logits as T grows: the gradient to (s − s̄ − t + t̄) / classes", () => {
    const loss = distillationLoss({ temperature: 1e4, weight: 1 });
    const gradient = grad((logits: Tensor) => loss(logits, teacher))(student);
    const centered = (logits: Tensor): Tensor => logits.sub(logits.mean(1, { keepDims: true }));
    // Hinton and others, equation 4; the batch of two halves it.
    expect(gradient).toBeAllClose(centered(student).sub(centered(teacher)).div(3).div(2), { absolute: 1e-3 });
  });

  it("says what is wrong", async () => {
    expect(await mistake(() => distillationLoss({ temperature: 0, weight: 0.5 }))).toMatchInlineSnapshot(`"option: distillationLoss({ temperature }): must be a number > 0; got 0."`);
    expect(await mistake(() => distillationLoss({ temperature: 1, weight: 1.5 }))).toMatchInlineSnapshot(`"option: distillationLoss({ weight }): must be in [0, 1]; got 1.5."`);
    expect(await mistake(() => distillationLoss({ temperature: 1, alpha: 1 } as never))).toMatchInlineSnapshot(`"option: distillationLoss({ alpha }): unknown option. Known options: temperature, weight."`);
    expect(await mistake(() => distillationLoss({ temperature: 1, weight: 0.5 })(student, teacher))).toMatchInlineSnapshot(`"option: distillationLoss({ weight: 0.5 }): needs the loss on the labels as its third argument, because their share is 0.5; got none. Pass it, or use weight: 1."`);
    expect(await mistake(() => distillationLoss({ temperature: 1, weight: 1 })(student, tensor([[1, 2]])))).toMatchInlineSnapshot(`"shape: distillationLoss: the student's and the teacher's logits must have the same shape [batch, classes]; got [2, 3] and [1, 2]."`);
    expect(await mistake(() => distillationLoss({ temperature: 1, weight: 1 })(tensor([1, 2]), tensor([1, 2])))).toMatchInlineSnapshot(`"shape: distillationLoss: the student's and the teacher's logits must have the same shape [batch, classes]; got [2] and [2]."`);
  });
});
