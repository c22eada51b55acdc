import type { Tensor } from "@opt/core";
import { fromArray, hostRandomNormal, key, log, tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { batchSizeAdvice, gradientNoise } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { batchesOf, golden, loss as networkLoss, params as networkParams } from "./golden.ts";

expect.extend(matchers);

/** The mean of ½ ‖θ − x‖² over a batch: the gradient of an example is θ − x, so Σ is the covariance of the data. */
function distance(center: Tensor, x: Tensor): Tensor {
  return x.sub(center).pow(2).sum(1).mean().mul(0.5);
}

const dimension = 5;
const spread = 2;
const center = [3, 0, -1, 2, 1];

/** Examples x = center + spread · noise in batches, cut from one long draw. */
function examples(count: number, batchSize: number, dtype: "f32" | "f64" = "f64"): Tensor[] {
  const draws = hostRandomNormal(key(4), count * dimension);
  const points = draws.map((draw, index) => center[index % dimension]! + spread * draw);
  return Array.from({ length: count / batchSize }, (_, index) => {
    const elements = points.slice(index * batchSize * dimension, (index + 1) * batchSize * dimension);
    return fromArray(dtype === "f32" ? Float32Array.from(elements) : elements, [batchSize, dimension]);
  });
}

const origin = (dtype: "f32" | "f64" = "f64"): Tensor => tensor([0, 0, 0, 0, 0], { dtype });

describe("gradientNoise on data of known variance", () => {
  const count = 4000;
  const variance = dimension * spread ** 2;
  const squared = center.reduce((total, each) => total + each ** 2, 0);

  // With 4000 examples the standard deviation of tr(Σ) is tr(Σ) √(2 / (d n)), and more with fewer, larger batches.
  it.each([1, 10, 50])("finds tr(Σ), ‖g‖² and the noise scale from batches of %d", (batchSize) => {
    const noise = gradientNoise(distance)(origin(), examples(count, batchSize));
    const deviation = variance * Math.sqrt((2 * batchSize) / (dimension * count));
    expect(Math.abs(noise.variance - variance)).toBeLessThan(3 * deviation);
    expect(Math.abs(noise.squaredGradientNorm - squared)).toBeLessThan(3 * 2 * Math.sqrt(squared) * spread / Math.sqrt(count));
    expect(noise.noiseScale).toBeAllClose(variance / squared, { relative: 0.2 });
    expect(noise).toMatchObject({ examples: count, batches: count / batchSize, status: "measured" });
  });

  it("has the variance between the batches' gradients exactly", () => {
    const batches = examples(60, 3);
    const means = batches.map((batch) => Array.from(batch.mean(0).readSync()));
    const overall = center.map((_, axis) => means.reduce((total, mean) => total + mean[axis]!, 0) / means.length);
    const between = means.reduce((total, mean) => total + mean.reduce((sum, each, axis) => sum + (each - overall[axis]!) ** 2, 0), 0) / (means.length - 1);
    const noise = gradientNoise(distance)(origin(), batches);
    expect(noise.variance).toBeAllClose(3 * between, { relative: 1e-12 });
    expect(noise.gradientNorm).toBeAllClose(Math.hypot(...overall), { relative: 1e-12 });
    expect(noise.squaredGradientNorm).toBeAllClose(noise.gradientNorm ** 2 - noise.variance / 60, { relative: 1e-12 });
  });

  it("has a standard error that falls as 1/√n", () => {
    const errors = [100, 400, 1600].map((n) => gradientNoise(distance)(origin(), examples(n, 1)).standardError);
    expect(errors.map((error, index) => error * Math.sqrt(100 * 4 ** index))).toBeAllClose(Math.sqrt(variance), { relative: 0.1 });
  });

  it("loses nothing in f32 where the mean is large beside the spread", () => {
    const far = tensor([1000, 1000, 1000, 1000, 1000]);
    const noise = gradientNoise(distance)(far, examples(1000, 1, "f32"));
    expect(noise.variance).toBeAllClose(gradientNoise(distance)(origin(), examples(1000, 1)).variance, { relative: 1e-4 });
  });

  it("splits by tensor, and the parts add up", () => {
    const noise = gradientNoise(networkLoss)(networkParams, batchesOf(2));
    expect(noise.leaves.map(({ path }) => path).slice(0, 3)).toEqual(["layers[0].weight", "layers[0].bias", "layers[1].weight"]);
    const total = (of: (leaf: (typeof noise.leaves)[number]) => number): number => Math.sqrt(noise.leaves.reduce((sum, leaf) => sum + of(leaf) ** 2, 0));
    expect(total(({ standardError }) => standardError)).toBeAllClose(noise.standardError, { relative: 1e-12 });
    expect(total(({ gradientNorm }) => gradientNorm)).toBeAllClose(golden.noise.gradientNorm, { relative: 1e-10 });
  });

  it("says when the gradient drowns in noise, when there is none, and when numbers are none", () => {
    const symmetric = [-1, 1, -2, 2].map((x) => tensor([[x]], { dtype: "f64" }));
    const drowned = gradientNoise(distance)(tensor([0], { dtype: "f64" }), symmetric);
    expect(drowned).toMatchObject({ status: "drowned", noiseScale: Infinity, gradientNorm: 0 });
    expect(drowned.message).toBe("the gradient drowns in its noise: 4 examples cannot tell it from zero. Measure on more examples; here, batches must be larger than 4.");
    const equal = [1, 1, 1].map((x) => tensor([[x]], { dtype: "f64" }));
    expect(gradientNoise(distance)(tensor([0], { dtype: "f64" }), equal)).toMatchObject({ status: "measured", noiseScale: 0, variance: 0, standardError: 0 });
    const logarithm = (at: Tensor, x: Tensor): Tensor => log(at).mul(x).mul(Number.NaN).mean();
    expect(gradientNoise(logarithm)(tensor([1], { dtype: "f64" }), equal)).toMatchObject({ status: "non-finite", noiseScale: NaN });
  });

  it("names mistakes", () => {
    const measure = gradientNoise(distance);
    expect(complaint(() => gradientNoise("loss" as never))).toMatchInlineSnapshot(`"option: gradientNoise(loss): must be a function (params, batch) => tensor; got "loss"."`);
    expect(complaint(() => measure(origin(), []))).toMatchInlineSnapshot(`"data: gradientNoise(params, batches): needs two or more batches to see how they differ; got 0."`);
    expect(complaint(() => measure(origin(), examples(4, 4)))).toMatchInlineSnapshot(`"data: gradientNoise(params, batches): needs two or more batches to see how they differ; got 1."`);
    expect(complaint(() => measure(origin(), [...examples(4, 4), ...examples(4, 2)]))).toMatchInlineSnapshot(`"data: gradientNoise(params, batches): all batches must have one size; got 4 and then 2. Drop the last batch."`);
    expect(complaint(() => gradientNoise((at: Tensor, x: Tensor) => at.mul(x).sum())(origin(), [tensor(1), tensor(2)]))).toMatchInlineSnapshot(`"data: gradientNoise(params, batches): a batch must hold a tensor whose first axis counts the examples; got a value of class Tensor."`);
  });
});

describe("batchSizeAdvice", () => {
  it.each([[1000, 10], [1000, 1000], [1, 64], [0, 8]])("obeys (S/S_min − 1)(E/E_min − 1) = 1 at B = %d, b = %d", (noiseScale, batchSize) => {
    const { stepFactor, exampleFactor, learningRateFactor } = batchSizeAdvice(noiseScale, batchSize);
    expect(stepFactor).toBe(1 + noiseScale / batchSize);
    if (noiseScale > 0) expect((stepFactor - 1) * (exampleFactor - 1)).toBeCloseTo(1, 12);
    expect(learningRateFactor).toBe(1 / stepFactor);
  });

  it("advises", () => {
    expect(batchSizeAdvice(1000, 100).message).toBe("batches of 100 with a noise scale of 1000 are noise-limited: twice the batch needs nearly half the steps, with nearly twice the learning rate.");
    expect(batchSizeAdvice(100, 100).message).toBe("batches of 100 with a noise scale of 100 are balanced: 2 times the fewest steps, 2 times the fewest examples.");
    expect(batchSizeAdvice(10, 100).verdict).toBe("diminishing");
    expect(batchSizeAdvice(0, 100)).toMatchObject({ verdict: "diminishing", stepFactor: 1, exampleFactor: Infinity });
    expect(batchSizeAdvice(Infinity, 100)).toMatchObject({ verdict: "noise-limited", stepFactor: Infinity, exampleFactor: 1, learningRateFactor: 0 });
  });

  it("names mistakes", () => {
    expect(complaint(() => batchSizeAdvice(Number.NaN, 1))).toMatchInlineSnapshot(`"option: batchSizeAdvice(noiseScale): must be a number ≥ 0, or infinite; got NaN."`);
    expect(complaint(() => batchSizeAdvice(1, 0.5))).toMatchInlineSnapshot(`"option: batchSizeAdvice({ batchSize }): must be an integer ≥ 1; got 0.5."`);
  });
});
