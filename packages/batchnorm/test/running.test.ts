import type { Tensor } from "@opt/core";
import { key, randomNormal, relu, tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { batchNorm, foldIntoNextDense, foldIntoPreviousDense, recalibrate } from "../src/index.ts";
import type { BatchNormOptions } from "../src/index.ts";

expect.extend(matchers);

const dtype = "f64";
const batches = Array.from({ length: 8 }, (_, index) => randomNormal(key(index), [5, 3], { dtype, mean: index, standardDeviation: 1 + index / 4 }));

/** The running averages after all batches. */
function after(options: BatchNormOptions): { mean: Tensor; variance: Tensor } {
  const norm = batchNorm(options);
  const { params, state } = norm.init({ dtype });
  return batches.reduce((running, x) => norm.train(params, running, x).state, state);
}

describe("the two conventions of momentum", () => {
  it("momentum 0.3 as the new weight is 0.7 as the old weight", () => {
    const torch = after({ features: 3, momentum: 0.3 });
    const keras = after({ features: 3, momentum: 0.7, momentumConvention: "old-weight" });
    expect(keras.mean).toBeAllClose(torch.mean, { relative: 1e-13 });
    expect(keras.variance).toBeAllClose(torch.variance, { relative: 1e-13 });
  });

  it("both default to a tenth for each batch", () => {
    expect(after({ features: 3, momentumConvention: "old-weight" }).mean).toBeAllClose(after({ features: 3 }).mean, { relative: 1e-13 });
    expect(after({ features: 3, momentum: 0.1 }).mean).toBeAllClose(after({ features: 3 }).mean, { relative: 1e-13 });
  });

  it("moves by hand as the formulas say", () => {
    const norm = batchNorm({ features: 1, momentum: 0.9, momentumConvention: "old-weight", varianceForRunning: "biased" });
    const { params, state } = norm.init({ dtype });
    const { state: next } = norm.train(params, state, tensor([[1], [3]], { dtype }));
    // Mean 2 and variance 1 of the batch, a tenth of each: 0.9 · 0 + 0.1 · 2 and 0.9 · 1 + 0.1 · 1.
    expect(next.mean).toBeAllClose([0.2], { relative: 1e-15 });
    expect(next.variance).toBeAllClose([1], { relative: 1e-15 });
    const unbiased = batchNorm({ features: 1 }).train(params, state, tensor([[1], [3]], { dtype }));
    expect(unbiased.state.variance).toBeAllClose([1.1], { relative: 1e-15 });
  });

  it("momentum 0 keeps the averages, momentum 1 takes the newest batch", () => {
    expect(after({ features: 3, momentum: 0 }).mean).toBeAllClose([0, 0, 0]);
    expect(after({ features: 3, momentum: 1 }).mean).toBeAllClose(batches[7]?.mean(0) as Tensor, { relative: 1e-13 });
  });
});

describe("recalibrate", () => {
  it("gives what cumulative averages give", () => {
    const norm = batchNorm({ features: 3 });
    const { params, state } = norm.init({ dtype });
    const fresh = recalibrate((own: typeof params, x: Tensor) => norm.train(own, state, x).statistics, params, batches);
    const cumulative = after({ features: 3, momentum: "cumulative" });
    expect(fresh.mean).toBeAllClose(cumulative.mean, { relative: 1e-12 });
    expect(fresh.variance).toBeAllClose(cumulative.variance, { relative: 1e-12 });
    expect(fresh.count).toBe(8);
  });

  it("serves a tree of several normalizations, the second behind the first", () => {
    const norm = batchNorm({ features: 3 });
    const first = norm.init({ dtype });
    const second = norm.init({ dtype });
    const params = { layers: [first.params, second.params] };
    const forward = ({ layers: [a = {}, b = {}] }: typeof params, x: Tensor) => {
      const one = norm.train(a, first.state, x);
      const two = norm.train(b, second.state, relu(one.output));
      return { layers: [one.statistics, two.statistics] };
    };
    const { layers } = recalibrate(forward, params, batches);
    const hidden = batches.map((x) => relu(norm.train(first.params, first.state, x).output).mean(0));
    const expected = hidden.reduce((total, mean) => total.add(mean)).div(8);
    expect(layers[1]?.mean as Tensor).toBeAllClose(expected, { relative: 1e-12 });
    expect(layers.map((layer) => layer.count)).toEqual([8, 8]);
  });

  it("leaves the parameters usable", () => {
    const norm = batchNorm({ features: 3 });
    const { params, state } = norm.init({ dtype });
    recalibrate((own: typeof params, x: Tensor) => norm.train(own, state, x).statistics, params, batches);
    expect(params.scale as Tensor).toBeAllClose([1, 1, 1]);
  });
});

describe("folding", () => {
  const norm = batchNorm({ features: 4 });
  const trained = norm.init({ dtype });
  const params = { scale: randomNormal(key(31), [4], { dtype }), shift: randomNormal(key(32), [4], { dtype }) };
  const state = { mean: randomNormal(key(33), [4], { dtype, mean: 3 }), variance: randomNormal(key(34), [4], { dtype }).pow(2), count: trained.state.count };
  const x = randomNormal(key(35), [7, 3], { dtype });
  const before = { weight: randomNormal(key(36), [3, 4], { dtype }), bias: randomNormal(key(37), [4], { dtype }) };
  const behind = { weight: randomNormal(key(38), [4, 2], { dtype }), bias: randomNormal(key(39), [2], { dtype }) };
  const apply = (dense: { weight: Tensor; bias: Tensor }, input: Tensor): Tensor => input.matmul(dense.weight).add(dense.bias);

  it("into the dense layer before: exact to 1e-12", () => {
    const folded = foldIntoPreviousDense(before, norm.line(params, state));
    expect(apply(folded, x)).toBeAllClose(norm.infer(params, state, apply(before, x)), { relative: 1e-12, absolute: 1e-12 });
  });

  it("into the dense layer behind: exact to 1e-12", () => {
    const hidden = apply(before, x);
    const folded = foldIntoNextDense(norm.line(params, state), behind);
    expect(apply(folded, hidden)).toBeAllClose(apply(behind, norm.infer(params, state, hidden)), { relative: 1e-12, absolute: 1e-12 });
  });

  it("without scale or shift", () => {
    const plain = batchNorm({ features: 4, center: false, scale: false });
    const folded = foldIntoPreviousDense(before, plain.line({}, state));
    expect(plain.init().params).toEqual({});
    expect(apply(folded, x)).toBeAllClose(plain.infer({}, state, apply(before, x)), { relative: 1e-12, absolute: 1e-12 });
  });
});
