import type { Tensor } from "@opt/core";
import { log, tensor } from "@opt/core";
import { sgd } from "@opt/first-order";
import { matchers } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { GradientCurvature, GradientCurvatureOptions } from "../src/index.ts";
import { conditioningTrend, curvatureMonitor, gradientCurvature } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { doubles, matrixWithSpectrum, multiply } from "./spectra.ts";

expect.extend(matchers);

const spectrum = [0.01, 0.5, 1, 2, 8, 50];
const matrix = matrixWithSpectrum(spectrum, 3);
const start = [1, -2, 0.5, 3, -1, 2];

/** ½ xᵀAx for a matrix that is part of the batch. */
function quadratic({ x }: { readonly x: Tensor }, { a }: { readonly a: Tensor }): Tensor {
  return x.mul(a.matmul(x.reshape([-1, 1])).reshape([-1])).sum().mul(0.5);
}

const quadraticBatch = { a: tensor(matrix, { dtype: "f64" }) };

describe("gradientCurvature", () => {
  const gradient = multiply(matrix, start);
  const squared = gradient.reduce((total, each) => total + each ** 2, 0);
  const curved = gradient.reduce((total, each, index) => total + each * multiply(matrix, gradient)[index]!, 0);

  it("has gᵀg and gᵀHg exactly, and predicts a quadratic loss without error", () => {
    const report = gradientCurvature(quadratic, { learningRate: 0.03 })({ x: doubles(start) }, quadraticBatch);
    expect(report.squaredGradientNorm).toBeAllClose(squared, { relative: 1e-12 });
    expect(report.curvature).toBeAllClose(curved, { relative: 1e-12 });
    expect(report.predictedChange).toBeAllClose(report.measuredChange, { relative: 1e-12, absolute: 1e-12 * report.loss });
    expect(report.largestUsefulStep).toBeAllClose(squared / curved, { relative: 1e-12 });
  });

  it("judges the step by where it lies on the parabola along the gradient", () => {
    const best = squared / curved;
    const at = (factor: number): GradientCurvature => gradientCurvature(quadratic, { learningRate: factor * best })({ x: doubles(start) }, quadraticBatch);
    expect([0.5, 0.999, 1.001, 1.999, 2.001].map((factor) => at(factor).verdict)).toEqual(["healthy", "healthy", "overshooting", "overshooting", "ill-conditioned"]);
    expect(at(1.999).measuredChange).toBeLessThan(0);
    expect(at(2.001).measuredChange).toBeGreaterThan(0);
    expect(at(1).measuredChange).toBeLessThan(Math.min(at(0.9).measuredChange, at(1.1).measuredChange));
    expect(at(0.5).message).toMatch(/^a step of \S+ along the gradient is 0\.5 of the best one, \S+\.$/);
    expect(at(3).message).toMatch(/is predicted to raise the loss: above \S+ the curvature costs more than the slope gains\. Try a learning rate of at most/);
  });

  it("knows negative curvature, critical points and numbers that are none", () => {
    const dome = (x: Tensor): Tensor => x.mul(x).sum().neg();
    expect(gradientCurvature(dome, { learningRate: 1 })(doubles([1, 2]))).toMatchObject({ verdict: "negative-curvature", largestUsefulStep: Infinity, curvature: -40, squaredGradientNorm: 20 });
    expect(gradientCurvature(dome, { learningRate: 1 })(doubles([0, 0]))).toMatchObject({ verdict: "flat", message: "the gradient is zero: this is a critical point. Ask criticalPoint which kind it is." });
    const broken = gradientCurvature((x: Tensor) => log(x).sum(), { learningRate: 1 })(doubles([-1]));
    expect(broken).toMatchObject({ verdict: "non-finite", loss: NaN });
    const linear = gradientCurvature((x: Tensor) => x.mul(3).sum(), { learningRate: 1 })(doubles([1]));
    expect(linear).toMatchObject({ curvature: 0, largestUsefulStep: Infinity, predictedChange: -9, measuredChange: -9 });
  });

  it("names mistakes", () => {
    const bowl = (x: Tensor): Tensor => x.mul(x).sum();
    expect(complaint(() => gradientCurvature(bowl, { learningRate: 0 }))).toMatchInlineSnapshot(`"option: gradientCurvature({ learningRate }): must be a number > 0; got 0."`);
    expect(complaint(() => gradientCurvature(bowl, undefined as unknown as GradientCurvatureOptions))).toMatchInlineSnapshot(`"option: gradientCurvature({ learningRate }): must be a number > 0; got undefined."`);
    expect(complaint(() => gradientCurvature(bowl, { rate: 1 } as unknown as GradientCurvatureOptions))).toMatchInlineSnapshot(`"option: gradientCurvature({ rate }): unknown option. Known options: learningRate."`);
    expect(complaint(() => gradientCurvature(3 as never, { learningRate: 1 }))).toMatchInlineSnapshot(`"option: gradientCurvature(loss): must be a function (params, ...rest) => tensor; got 3."`);
    const probe = gradientCurvature((tree: { x: Tensor }) => bowl(tree.x), { learningRate: 1 });
    expect(complaint(() => probe({ x: tensor([1], { dtype: "i32" }) }))).toMatchInlineSnapshot(`"dtype: gradientCurvature: params.x must be f32 or f64; got i32."`);
    expect(complaint(() => probe({ x: 1 as never }))).toMatchInlineSnapshot(`"tree: gradientCurvature: params.x must be a tensor; got 1. Wrap it: tensor(value)."`);
    expect(complaint(() => probe({} as never))).toMatchInlineSnapshot(`"tree: gradientCurvature: params must hold at least one tensor; got an empty object."`);
    expect(complaint(() => probe([tensor([1]), doubles([1])] as never))).toMatchInlineSnapshot(`"dtype: gradientCurvature: all tensors of params must have one dtype; got f32 and f64. Use cast(x, "f64")."`);
  });
});

describe("curvatureMonitor", () => {
  const rate = 0.015;
  const options = { loss: quadratic, params: { x: doubles(start) }, optimizer: sgd({ learningRate: rate }), batches: () => [quadraticBatch, quadraticBatch, quadraticBatch] };

  it("watches every step of fit, on the batch of the step", async () => {
    const monitor = curvatureMonitor({ loss: quadratic, learningRate: rate });
    const { history } = await fit({ ...options, epochs: 2, onStep: monitor.observe });
    expect(monitor.records.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    // The parameters after a step are those whose loss the next step reports.
    expect(monitor.records.slice(0, 5).map(({ loss }) => loss)).toBeAllClose(history.steps.slice(1), { relative: 1e-12 });
    monitor.records.slice(0, 5).forEach(({ loss, measuredChange }, index) => {
      expect(loss + measuredChange).toBeAllClose(monitor.records[index + 1]!.loss, { relative: 1e-10 });
    });
  });

  it("watches epochs on a batch of its own, counts their steps and follows a schedule", async () => {
    const monitor = curvatureMonitor({ loss: quadratic, learningRate: (step) => 0.1 / (1 + step), batch: quadraticBatch });
    await fit({ ...options, epochs: 3, onEpoch: monitor.observe });
    expect(monitor.records.map(({ step }) => step)).toEqual([3, 6, 9]);
    expect(monitor.records.map(({ learningRate }) => learningRate)).toBeAllClose([0.025, 0.1 / 7, 0.01], { relative: 1e-12 });
  });

  it("looks only as often as it is asked to", async () => {
    const monitor = curvatureMonitor({ loss: quadratic, learningRate: rate, every: 4 });
    await fit({ ...options, epochs: 3, onStep: monitor.observe });
    expect(monitor.records.map(({ step }) => step)).toEqual([1, 5, 9]);
    expect(monitor.observe({ params: { x: doubles(start) }, batch: quadraticBatch })).toBeUndefined();
  });

  it("names mistakes", () => {
    expect(complaint(() => curvatureMonitor({ loss: quadratic, learningRate: -1 }))).toMatchInlineSnapshot(`"option: curvatureMonitor({ learningRate }): must be a number > 0; got -1."`);
    expect(complaint(() => curvatureMonitor({ loss: quadratic, learningRate: 1, every: 0 }))).toMatchInlineSnapshot(`"option: curvatureMonitor({ every }): must be an integer ≥ 1; got 0."`);
    const monitor = curvatureMonitor({ loss: quadratic, learningRate: () => Number.NaN });
    expect(complaint(() => monitor.observe({ params: { x: doubles(start) } }))).toMatchInlineSnapshot(`"data: curvatureMonitor.observe(info): needs a batch; got an object with keys params. Give the option batch, or use the monitor as onStep."`);
    expect(complaint(() => monitor.observe({ params: { x: doubles(start) }, batch: quadraticBatch }))).toMatchInlineSnapshot(`"option: curvatureMonitor({ learningRate }): must be a number > 0; got NaN."`);
  });
});

describe("conditioningTrend", () => {
  const at = (squaredGradientNorm: number, curvature: number): GradientCurvature => {
    // Along x the loss ½ λ x² has gᵀg = λ²x² and gᵀHg = λ³x², so both can be chosen.
    const lambda = curvature / squaredGradientNorm;
    const x = Math.sqrt(squaredGradientNorm) / lambda;
    return gradientCurvature((point: Tensor) => point.mul(point).mul(0.5 * lambda).sum(), { learningRate: 0.1 })(doubles([x]));
  };

  it("finds ill-conditioning where the curvature grows and the gradient stays", () => {
    const trend = conditioningTrend([at(4, 1), at(4, 5), at(3, 50)]);
    expect(trend.gradientGrowth).toBeAllClose(0.75, { relative: 1e-12 });
    expect(trend.curvatureGrowth).toBeAllClose(50, { relative: 1e-12 });
    expect(trend.largestUsefulStep.last).toBeAllClose(0.06, { relative: 1e-12 });
    expect(trend.verdict).toBe("ill-conditioning");
    expect(trend.message).toBe("gᵀHg changed by a factor of 50 and gᵀg by 0.75: the gradient is strong, but the curvature lets it be used in small steps only.");
  });

  it("finds none where the gradient shrinks as well, or where the curvature stays", () => {
    expect(conditioningTrend([at(4, 1), at(0.01, 50)]).verdict).toBe("none");
    expect(conditioningTrend([at(4, 1), at(4, 2)]).verdict).toBe("none");
  });

  it("wants two records", () => {
    expect(complaint(() => conditioningTrend([at(1, 1)]))).toMatchInlineSnapshot(`"data: conditioningTrend(records): needs two or more records; got 1."`);
  });
});
