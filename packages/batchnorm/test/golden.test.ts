import { readdirSync, readFileSync } from "node:fs";
import type { NestedNumbers, Tensor } from "@opt/core";
import { compile, tensor, treeMap, valueAndGrad } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { batchNorm } from "../src/index.ts";
import type { BatchNormOptions, BatchNormParams, BatchNormState } from "../src/index.ts";

expect.extend(matchers);

interface Golden {
  readonly header: { readonly dtype: string; readonly rate: number; readonly options: BatchNormOptions };
  readonly inputs: readonly NestedNumbers[];
  readonly quadratic: NestedNumbers;
  readonly linear: NestedNumbers;
  readonly steps: readonly Readonly<Record<string, NestedNumbers>>[];
  readonly inference: NestedNumbers;
}

const folder = new URL("../../../tooling/golden/data/batchnorm/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const doubles = (numbers: NestedNumbers): Tensor => tensor(numbers, { dtype: "f64" });

function toleranceFor(file: string, dtype: string): { relative: number; absolute: number } {
  // Keras computes in f32.
  if (dtype === "f32") return { relative: 2e-6, absolute: 2e-6 };
  // An input near 1e4 itself has a rounding error of 1e-12.
  return file.includes("offset") ? { relative: 1e-8, absolute: 1e-10 } : { relative: 1e-10, absolute: 1e-12 };
}

describe.each(files)("%s", (file) => {
  const golden = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden;
  const { header, inputs, steps, inference } = golden;
  const norm = batchNorm(header.options);
  const quadratic = doubles(golden.quadratic);
  const linear = doubles(golden.linear);
  const tolerance = toleranceFor(file, header.dtype);

  type Inputs = { params: BatchNormParams; x: Tensor };
  const loss = ({ params, x }: Inputs, state: BatchNormState): [Tensor, { output: Tensor; next: BatchNormState }] => {
    const { output, state: next } = norm.train(params, state, x);
    return [output.pow(2).mul(quadratic).div(2).add(output.mul(linear)).sum(), { output, next }];
  };
  const step = compile((at: Inputs, state: BatchNormState) => valueAndGrad(loss, { auxiliary: true })(at, state), { donate: [] });

  it("gives the library's outputs, gradients and running statistics over 50 steps, then its inference", () => {
    expect(steps).toHaveLength(50);
    let { params, state } = norm.init({ dtype: "f64" });
    steps.forEach((expected, index) => {
      const [[, { output, next }], gradients] = step({ params, x: doubles(inputs[index] ?? []) }, state);
      expect(output).toBeAllClose(expected["output"] ?? [], tolerance);
      expect(gradients.x).toBeAllClose(expected["inputGradient"] ?? [], tolerance);
      if (gradients.params.scale !== undefined) expect(gradients.params.scale).toBeAllClose(expected["scaleGradient"] ?? [], tolerance);
      if (gradients.params.shift !== undefined) expect(gradients.params.shift).toBeAllClose(expected["shiftGradient"] ?? [], tolerance);
      expect(next.mean).toBeAllClose(expected["mean"] ?? [], tolerance);
      expect(next.variance).toBeAllClose(expected["variance"] ?? [], tolerance);
      expect(next.count).toBe(index + 1);
      params = treeMap((param, gradient) => param.sub(gradient.mul(header.rate)), params, gradients.params);
      state = next;
    });
    expect(norm.infer(params, state, doubles(inputs[0] ?? []))).toBeAllClose(inference, tolerance);
  });
});
