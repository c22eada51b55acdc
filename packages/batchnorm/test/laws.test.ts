import type { Tensor } from "@opt/core";
import { cast, compile, evaluate, grad, key, randomNormal, tanh, valueAndGrad } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { batchNorm } from "../src/index.ts";

expect.extend(matchers);

const dtype = "f64";
const norm = batchNorm({ features: 4 });
const { params, state } = norm.init({ dtype });
const inputs = randomNormal(key(1), [6, 3], { dtype });
const weight = randomNormal(key(2), [3, 4], { dtype });
const targets = randomNormal(key(3), [6, 4], { dtype });

/** A loss of a normalized dense layer; δ is small beside the variance, so that it does not blur the laws. */
const exact = batchNorm({ features: 4, epsilon: 1e-14 });
const lossOf = (w: Tensor, u: Tensor): Tensor => tanh(exact.train(params, state, u.matmul(w)).output).sub(targets).pow(2).mean();

describe("scaling the weights", () => {
  it("leaves the output and the gradient by the inputs alone: BN(aWu) = BN(Wu)", () => {
    const scaled = weight.mul(37);
    expect(exact.train(params, state, inputs.matmul(scaled)).output).toBeAllClose(exact.train(params, state, inputs.matmul(weight)).output, { relative: 1e-12 });
    const byInputs = (w: Tensor): Tensor => grad((u: Tensor) => lossOf(w, u))(inputs);
    expect(byInputs(scaled)).toBeAllClose(byInputs(weight), { relative: 1e-11 });
  });

  it("divides the gradient by the weights by as much: ∂/∂(aW) = 1/a · ∂/∂W", () => {
    const byWeight = grad(lossOf);
    expect(byWeight(weight.mul(37), inputs).mul(37)).toBeAllClose(byWeight(weight, inputs), { relative: 1e-11 });
  });

  it("gives a gradient at right angles to each unit's weights, as invariance demands", () => {
    const gradient = grad(lossOf)(weight, inputs);
    expect(gradient.mul(weight).sum(0)).toBeAllClose([0, 0, 0, 0], { absolute: 1e-13 });
  });
});

describe("the output in training", () => {
  it("is the same for every layout of an image", () => {
    const channelsFirst = randomNormal(key(5), [2, 4, 3, 5], { dtype });
    const channelsLast = channelsFirst.transpose([0, 2, 3, 1]);
    const first = batchNorm({ features: 4, axes: [0, 2, 3] }).train(params, state, channelsFirst);
    const last = batchNorm({ features: 4, axes: [0, 1, 2] }).train(params, state, channelsLast);
    const rows = norm.train(params, state, channelsLast.reshape([30, 4]));
    expect(last.output).toBeAllClose(first.output.transpose([0, 2, 3, 1]), { relative: 1e-13 });
    expect(rows.output.reshape([2, 3, 5, 4])).toBeAllClose(last.output, { relative: 1e-13 });
    expect(last.state.variance).toBeAllClose(first.state.variance, { relative: 1e-13 });
    expect(rows.state.mean).toBeAllClose(first.state.mean, { relative: 1e-13 });
  });

  it("normalizes every place by itself when several axes are kept", () => {
    const x = randomNormal(key(6), [5, 2, 3], { dtype });
    const places = batchNorm({ shape: [2, 3] });
    const flat = batchNorm({ features: 6 });
    const initial = places.init({ dtype });
    const flatInitial = flat.init({ dtype });
    expect(places.train(initial.params, initial.state, x).output.reshape([5, 6])).toBeAllClose(
      flat.train(flatInitial.params, flatInitial.state, x.reshape([5, 6])).output,
      { relative: 1e-13 },
    );
  });
});

describe("large means", () => {
  const small = randomNormal(key(9), [4096, 1], { dtype });
  const one = batchNorm({ features: 1 });
  const expected = one.train(one.init({ dtype }).params, one.init({ dtype }).state, small);

  it("in f64, mean 1e4 costs no more digits than the inputs' own rounding", () => {
    const initial = one.init({ dtype });
    const moved = one.train(initial.params, initial.state, small.add(1e4));
    expect(moved.output).toBeAllClose(expected.output, { relative: 0, absolute: 1e-11 });
    expect(moved.statistics.variance).toBeAllClose(expected.statistics.variance, { relative: 1e-12 });
  });

  it("in f32, mean 1e4 stays within the inputs' own rounding; E[x²] − E[x]² does not", () => {
    const initial = one.init();
    const x = cast(small.add(1e4), "f32");
    // What f32 makes of the inputs: the best that can be asked for is the normalization of these.
    const stored = cast(x, "f64");
    const best = one.train(one.init({ dtype }).params, one.init({ dtype }).state, stored);
    const { output, statistics } = one.train(initial.params, initial.state, x);
    expect(output).toBeAllClose(cast(best.output, "f32"), { relative: 1e-5, absolute: 1e-5 });
    expect(statistics.variance.item()).toBeCloseTo(best.statistics.variance.item(), 5);
    const naive = x.mul(x).mean(0).sub(x.mean(0).pow(2)).item();
    expect(Math.abs(naive - best.statistics.variance.item())).toBeGreaterThan(0.5);
  });

  it("a feature that never changes gives β, a finite gradient, and variance 0", () => {
    const initial = one.init({ dtype });
    const constant = small.mul(0).add(7);
    const [value, gradient] = valueAndGrad((x: Tensor) => one.train(initial.params, initial.state, x).output.sum())(constant);
    evaluate([value, gradient]);
    expect(value.item()).toBe(0);
    expect(gradient.readSync().every(Number.isFinite)).toBe(true);
  });
});

it("runs compiled as it runs alone, counting batches without a new trace", () => {
  let traces = 0;
  const step = compile((own: typeof state, x: Tensor) => {
    traces++;
    return norm.train(params, own, x).state;
  });
  let compiled = norm.init({ dtype }).state;
  let plain = norm.init({ dtype }).state;
  for (let batch = 0; batch < 5; batch++) {
    const x = randomNormal(key(20 + batch), [6, 4], { dtype });
    compiled = step(compiled, x);
    plain = norm.train(params, plain, x).state;
  }
  expect(traces).toBe(1);
  expect(compiled.count).toBe(5);
  expect(compiled.mean).toBeAllClose(plain.mean, { relative: 1e-14 });
  expect(compiled.variance).toBeAllClose(plain.variance, { relative: 1e-14 });
});
