import type { Tensor } from "@opt/core";
import { ones, tensor, zeros } from "@opt/core";
import { expect, it } from "vitest";
import { batchNorm, foldIntoNextDense, foldIntoPreviousDense, recalibrate } from "../src/index.ts";
import { complaint, wrong } from "./complaint.ts";

const norm = batchNorm({ features: 3 });
const { params, state } = norm.init();
const image = batchNorm({ features: 3, axes: [0, 2, 3] });

it("options are checked when the normalization is made", () => {
  expect([
    () => batchNorm({}),
    () => batchNorm(wrong(undefined)),
    () => batchNorm({ features: 0 }),
    () => batchNorm({ features: 2.5 }),
    () => batchNorm({ features: 3, shape: [3] }),
    () => batchNorm({ shape: wrong(3) }),
    () => batchNorm({ features: 3, axes: [] }),
    () => batchNorm({ features: 3, axes: [0, 0] }),
    () => batchNorm({ features: 3, axes: [0, 3] }),
    () => batchNorm({ features: 3, axes: [-1] }),
    () => batchNorm({ features: 3, momentum: 1.1 }),
    () => batchNorm({ features: 3, momentum: wrong("cummulative") }),
    () => batchNorm({ features: 3, momentumConvention: wrong("keras") }),
    () => batchNorm({ features: 3, epsilon: 0 }),
    () => batchNorm({ features: 3, center: wrong(1) }),
    () => batchNorm({ features: 3, varianceForRunning: wrong("unbiassed") }),
    () => batchNorm(wrong({ features: 3, affine: false })),
    () => batchNorm(wrong({ features: 3, epsilonn: 1e-3 })),
    () => norm.init(wrong({ dtpye: "f64" })),
  ].map(complaint)).toMatchInlineSnapshot(`
    [
      "option: batchNorm({ features }): must be an integer ≥ 1; got undefined.",
      "option: batchNorm({ features }): must be an integer ≥ 1; got undefined.",
      "option: batchNorm({ features }): must be an integer ≥ 1; got 0.",
      "option: batchNorm({ features }): must be an integer ≥ 1; got 2.5.",
      "option: batchNorm({ features, shape }): give one of the two; features: n is short for shape: [n].",
      "option: batchNorm({ shape }): must list the lengths of the axes that are kept; got 3.",
      "option: batchNorm({ axes }): must list one or more axes, the examples' axis 0 among them; got [].",
      "option: batchNorm({ axes }): names an axis twice; got [0, 0].",
      "option: batchNorm({ axes[1] }): must be an integer in [0, 2]; got 3.",
      "option: batchNorm({ axes[0] }): must be an integer in [0, 1]; got -1.",
      "option: batchNorm({ momentum }): must be in [0, 1]; got 1.1.",
      "option: batchNorm({ momentum }): must be in [0, 1], or "cumulative"; got "cummulative".",
      "option: batchNorm({ momentumConvention }): must be "new-weight" or "old-weight"; got "keras".",
      "option: batchNorm({ epsilon }): must be a number > 0; got 0.",
      "option: batchNorm({ center }): must be true or false; got 1.",
      "option: batchNorm({ varianceForRunning }): must be "unbiased" or "biased"; got "unbiassed". Did you mean "unbiased"?",
      "option: batchNorm({ affine }): unknown option. Known options: features, shape, axes, momentum, momentumConvention, epsilon, center, scale, varianceForRunning.",
      "option: batchNorm({ epsilonn }): unknown option. Did you mean "epsilon"?",
      "option: batchNorm.init({ dtpye }): unknown option. Did you mean "dtype"?",
    ]
  `);
});

it("tensors are checked when they come", () => {
  expect([
    () => norm.train(params, state, ones([1, 3])),
    () => image.train(params, state, ones([1, 3, 1, 1])),
    () => norm.train(params, state, ones([4, 2])),
    () => norm.infer(params, state, ones([4, 3, 2, 2])),
    () => image.infer(params, state, ones([4, 2, 2, 3])),
    () => norm.train(params, state, tensor(new Int32Array(12), { shape: [4, 3] })),
    () => norm.train(params, state, ones([4, 3], { dtype: "f64" })),
    () => norm.train({}, state, ones([4, 3])),
    () => norm.train(wrong(undefined), state, ones([4, 3])),
    () => norm.infer(params, wrong(undefined), ones([4, 3])),
    () => norm.infer(params, { ...state, mean: zeros([2]) }, ones([4, 3])),
    () => norm.line(params, wrong({ mean: zeros([3]) })),
    () => norm.infer(params, wrong({ mean: state.mean, variance: state.variance }), ones([4, 3])),
    () => norm.apply(params, state, ones([4, 3]), wrong(undefined)),
    () => norm.apply(params, state, ones([1, 3]), { training: true }),
  ].map(complaint)).toMatchInlineSnapshot(`
    [
      "shape: batchNorm.train(params, state, x): needs two or more values of each feature; got f32[1, 3], because the variance of one value is 0 and every output would be the shift. Use a larger batch, drop an incomplete last batch (lastBatch: "drop" in @opt/data), or use infer.",
      "shape: batchNorm.train(params, state, x): needs two or more values of each feature; got f32[1, 3, 1, 1], because the variance of one value is 0 and every output would be the shift. Use a larger batch, drop an incomplete last batch (lastBatch: "drop" in @opt/data), or use infer.",
      "shape: batchNorm.train(params, state, x): x must have shape [batch, 3], normalized over the axes [0]; got f32[4, 2]. For images give the axes too, such as axes: [0, 2, 3] for [batch, channels, height, width].",
      "shape: batchNorm.infer(params, state, x): x must have shape [batch, 3], normalized over the axes [0]; got f32[4, 3, 2, 2]. For images give the axes too, such as axes: [0, 2, 3] for [batch, channels, height, width].",
      "shape: batchNorm.infer(params, state, x): x must have shape [batch, 3, any, any], normalized over the axes [0, 2, 3]; got f32[4, 2, 2, 3].",
      "dtype: batchNorm.train(params, state, x): x must be f32 or f64; got i32[4, 3]. Use cast(x, "f32").",
      "dtype: batchNorm.train(params, state, x): state.mean must be f64 like x; got f32[3]. Use init({ dtype: "f64" }).",
      "shape: batchNorm.train(params, state, x): params.scale must have shape [3], as init() makes it; got undefined.",
      "tree: batchNorm.train(params, state, x): params must be { scale, shift }, as init() makes it; got undefined.",
      "tree: batchNorm.infer(params, state, x): state must be { mean, variance, count }, as init() makes it; got undefined.",
      "shape: batchNorm.infer(params, state, x): state.mean must have shape [3], as init() makes it; got f32[2].",
      "shape: batchNorm.line(params, state): state.variance must have shape [3], as init() makes it; got undefined.",
      "tree: batchNorm.infer(params, state, x): state.count must be a number, as init() makes it; got undefined.",
      "option: batchNorm.apply(params, state, x, { training }): must be true or false; got undefined.",
      "shape: batchNorm.train(params, state, x): needs two or more values of each feature; got f32[1, 3], because the variance of one value is 0 and every output would be the shift. Use a larger batch, drop an incomplete last batch (lastBatch: "drop" in @opt/data), or use infer.",
    ]
  `);
});

it("folding and recalibration are checked too", () => {
  const line = norm.line(params, state);
  const dense = { weight: ones([2, 4]), bias: zeros([4]) };
  expect([
    () => foldIntoPreviousDense(dense, line),
    () => foldIntoNextDense(line, dense),
    () => foldIntoPreviousDense(wrong({ weight: ones([2, 3]) }), line),
    () => recalibrate((own: typeof params, x: Tensor) => norm.train(own, state, x).statistics, params, []),
    () => recalibrate(wrong<(own: typeof params, x: Tensor) => typeof state>(undefined), params, [ones([4, 3])]),
  ].map(complaint)).toMatchInlineSnapshot(`
    [
      "shape: foldIntoPreviousDense(dense, line): the layer has 4 outputs, but the normalization [3] features.",
      "shape: foldIntoNextDense(line, dense): the layer has 2 inputs, but the normalization [3] features.",
      "shape: foldIntoPreviousDense(dense, line): the layer must be { weight: [inputs, outputs], bias: [outputs] }; got an object with keys weight.",
      "data: recalibrate(statistics, params, batches): needs one batch or more; got none.",
      "option: recalibrate(statistics): must be a function (params, batch) => statistics; got undefined.",
    ]
  `);
});

it("one example is enough in inference, and for an image of several positions in training", () => {
  expect(complaint(() => norm.infer(params, state, ones([1, 3])))).toBe("no error");
  expect(complaint(() => image.train(params, state, ones([1, 3, 2, 2])))).toBe("no error");
});
