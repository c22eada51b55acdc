import type { FloatDType, Tensor } from "@opt/core";
import { compile, concatenate, grad, hvp, key, randomNormal, slice, tanh, treeMap } from "@opt/core";
import { checkGradients, fromPlain, matchers, toPlain } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { BatchNorm, BatchNormParams, BatchNormState } from "../src/index.ts";
import { batchNorm } from "../src/index.ts";
import { variants } from "./table.ts";

expect.extend(matchers);

const dtype = "f64";

/** Parameters that are not the initial ones, of the same structure. */
function drawn(params: BatchNormParams): BatchNormParams {
  let seed = 40;
  return treeMap((leaf) => randomNormal(key(seed++), leaf.shape, { dtype: "f64", mean: 1, standardDeviation: 0.5 }), params);
}

describe.each([...variants])("batchNorm for $name", ({ options, shape }) => {
  const norm = batchNorm(options);
  // Statistics and invariance are exact as δ goes to 0.
  const exact = batchNorm({ ...options, epsilon: 1e-14 });
  const { params: initial, state } = norm.init({ dtype });
  const params = drawn(initial);
  const axes = options.axes ?? [0];
  const x = randomNormal(key(1), shape, { dtype, mean: 0.5, standardDeviation: 2 });
  const weights = randomNormal(key(2), shape, { dtype });
  const values = axes.reduce((count, axis) => count * (shape[axis] ?? 1), 1);
  const normalized = exact.train(initial, state, x).output;

  it("gives every feature mean β and deviation γ", () => {
    expect(normalized.mean(axes)).toBeAllClose(0, { absolute: 1e-13 });
    expect(normalized.pow(2).mean(axes)).toBeAllClose(1, { relative: 1e-12 });
    const { output } = exact.train(params, state, x);
    if (params.shift !== undefined) expect(output.mean(axes)).toBeAllClose(params.shift, { absolute: 1e-13 });
    const centered = output.sub(output.mean(axes, { keepDims: true }));
    if (params.scale !== undefined) expect(centered.pow(2).mean(axes)).toBeAllClose(params.scale.pow(2), { relative: 1e-12 });
  });

  it("does not see scale and offset of its input, however large", () => {
    expect(exact.train(params, state, x.mul(37).add(5)).output).toBeAllClose(exact.train(params, state, x).output, { relative: 1e-11 });
    expect(norm.train(params, state, x.add(1e4)).output).toBeAllClose(norm.train(params, state, x).output, { relative: 1e-9, absolute: 1e-11 });
  });

  it("lets no gradient through its mean or its deviation", () => {
    const gradient = grad((point: Tensor) => exact.train(initial, state, point).output.mul(weights).sum())(x);
    expect(gradient.sum(axes)).toBeAllClose(0, { absolute: 1e-13 });
    expect(gradient.mul(normalized).sum(axes)).toBeAllClose(0, { absolute: 1e-12 });
  });

  type Point = { readonly params: BatchNormParams; readonly x: Tensor };
  const point: Point = { params, x };

  it("has the first derivatives of finite differences, in training and in inference", () => {
    checkGradients((at: Point) => norm.train(at.params, state, at.x).output, point);
    checkGradients((at: Point) => norm.infer(at.params, state, at.x), point);
  });

  it("has the second derivatives of finite differences", () => {
    const loss = (at: Point): Tensor => tanh(norm.train(at.params, state, at.x).output).mul(weights).sum();
    checkGradients((at: Point) => grad(loss)(at).x, point);
    checkGradients((at: Point) => hvp(loss)(at, { params, x: weights }).x, point);
  });

  it("lets no gradient into the running averages", () => {
    const total = (input: Tensor): Tensor => {
      const { mean, variance } = norm.train(params, state, input).state;
      return mean.add(variance).sum().add(input.sum());
    };
    // Only the inputs' own sum is left.
    expect(grad(total)(x)).toBeAllClose(1, { absolute: 0, relative: 0 });
  });

  it("takes statistics that make inference repeat the training pass", () => {
    const { statistics, output } = norm.train(params, state, x);
    const { varianceForRunning = "unbiased" } = options;
    const biased = statistics.variance.mul(varianceForRunning === "unbiased" ? (values - 1) / values : 1);
    expect(norm.infer(params, { ...statistics, variance: biased }, x)).toBeAllClose(output, { relative: 1e-12 });
  });

  it("infers each example by itself", () => {
    const { state: moved } = norm.train(params, state, x);
    const alone = Array.from({ length: shape[0] ?? 0 }, (_, index) => norm.infer(params, moved, slice(x, 0, index, index + 1)));
    expect(concatenate(alone, 0)).toBeAllClose(norm.infer(params, moved, x), { relative: 1e-14 });
  });

  it("is one line for each feature in inference", () => {
    const { state: moved } = norm.train(params, state, x);
    const { factor, offset } = norm.line(params, moved);
    const along = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    expect(x.mul(factor.reshape(along)).add(offset.reshape(along))).toBeAllClose(norm.infer(params, moved, x), { relative: 1e-12, absolute: 1e-12 });
  });

  it("applies one or the other as it is told", () => {
    const trained = norm.train(params, state, x);
    const applied = norm.apply(params, state, x, { training: true });
    expect(applied.output).toBeAllClose(trained.output, { relative: 0, absolute: 0 });
    expect(applied.state.mean).toBeAllClose(trained.state.mean, { relative: 0, absolute: 0 });
    const inferred = norm.apply(params, trained.state, x, { training: false });
    expect(inferred.output).toBeAllClose(norm.infer(params, trained.state, x), { relative: 0, absolute: 0 });
    expect(inferred.state).toBe(trained.state);
  });

  it("keeps a state of plain data, in the structure and the dtype it started with", () => {
    const run = (own: BatchNorm, precision: FloatDType): BatchNormState => {
      const start = own.init({ dtype: precision });
      const batch = randomNormal(key(3), shape, { dtype: precision });
      const step = compile((current: BatchNormState, input: Tensor) => own.train(start.params, current, input).state);
      const once = step(start.state, batch);
      // The state comes back from text as it went.
      return step(fromPlain(toPlain(once)) as BatchNormState, batch);
    };
    for (const precision of ["f32", "f64"] as const) {
      const { mean, variance, count } = run(norm, precision);
      expect([mean.dtype, variance.dtype, mean.shape, count]).toEqual([precision, precision, state.mean.shape, 2]);
    }
  });
});
