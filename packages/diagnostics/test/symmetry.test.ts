import type { FloatDType, Tensor } from "@opt/core";
import { hostRandomUniform, key, randomNormal, relu, tanh, tensor } from "@opt/core";
import { mlp } from "@opt/nn";
import type { ActivationName, MlpParams } from "@opt/nn";
import { matchers, readTree } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { RescaleUnitsOptions } from "../src/index.ts";
import { compareOutputs, gradientCurvature, hessianEigenvalues, lossAlongLine, permuteUnits, randomOrder, rescaleUnits } from "../src/index.ts";
import { complaint } from "./complaint.ts";

expect.extend(matchers);

const sizes = [3, 7, 6, 2];

function networkOf(activation: ActivationName, dtype: FloatDType): { params: MlpParams; x: Tensor; outputs: (params: MlpParams, x: Tensor) => Tensor; loss: (params: MlpParams, x: Tensor) => Tensor } {
  const model = mlp({ sizes, activation, biasInitializer: (randomKey, shape, options) => randomNormal(randomKey, shape, options) });
  return {
    params: model.init(key(3), { dtype }),
    x: randomNormal(key(4), [20, 3], { dtype }),
    outputs: (params, x) => model.apply(params, x),
    loss: (params, x) => model.apply(params, x).pow(2).mean(),
  };
}

describe.each([["relu", "f32"], ["tanh", "f32"], ["relu", "f64"], ["sigmoid", "f64"]] as const)("permuting the units of a %s network in %s", (activation, dtype) => {
  const { params, x, outputs, loss } = networkOf(activation, dtype);
  const permuted = permuteUnits(permuteUnits(params, 0, randomOrder(key(5), 7)), 1, randomOrder(key(6), 6));

  it("leaves outputs and loss as they are, to rounding", () => {
    expect(compareOutputs(outputs)(params, permuted, x)).toMatchObject({ unchanged: true });
    expect(compareOutputs(loss)(params, permuted, x).unchanged).toBe(true);
    expect(readTree(permuted)).not.toEqual(readTree(params));
  });

  it("is undone by the inverse, bit for bit", () => {
    const order = randomOrder(key(5), 7);
    const inverse = order.map((_, unit) => order.indexOf(unit));
    expect(readTree(permuteUnits(permuteUnits(params, 0, order), 0, inverse))).toEqual(readTree(params));
  });

  it("keeps the Hessian's spectrum and the norm of the gradient", () => {
    const largest = (at: MlpParams): number => hessianEigenvalues(loss, { smallest: 0 })(at, x).largest[0]!.value;
    const squared = (at: MlpParams): number => gradientCurvature(loss, { learningRate: 1 })(at, x).squaredGradientNorm;
    const tolerance = { relative: dtype === "f64" ? 1e-9 : 1e-4 };
    expect(largest(permuted)).toBeAllClose(largest(params), tolerance);
    expect(squared(permuted)).toBeAllClose(squared(params), tolerance);
  });

  it("leaves a barrier on the line between two equal networks", () => {
    const target = outputs(params, x);
    const distance = (at: MlpParams, input: Tensor): Tensor => outputs(at, input).sub(target).pow(2).mean();
    const { losses, barrier } = lossAlongLine(distance, { count: 11 })(params, permuted, x);
    expect(losses[0]).toBe(0);
    expect(losses[10]).toBeLessThan(1e-10);
    expect(barrier!.height).toBeGreaterThan(1e-3);
  });
});

describe("rescaling units", () => {
  it.each(["relu", "leaky-relu", "linear"] as const)("changes no bit of a %s network by powers of two", (activation) => {
    const { params, x, outputs } = networkOf(activation, "f32");
    const factors = [1, 2, 4, 0.5, 0.25, 8, 16];
    const rescaled = rescaleUnits(params, 0, factors, { activation });
    expect(compareOutputs(outputs, { tolerance: 0 })(params, rescaled, x)).toMatchObject({ unchanged: true, largestDifference: 0, relativeDifference: 0 });
    expect(rescaled.layers[0]!.bias).toBeAllClose(Array.from(params.layers[0]!.bias.readSync(), (bias, unit) => bias * factors[unit]!));
  });

  it("leaves a network as it is, to rounding, by any factors", () => {
    const { params, x, outputs, loss } = networkOf("relu", "f64");
    const factors = Array.from(hostRandomUniform(key(7), 6), (draw) => 0.1 + 5 * draw);
    const rescaled = rescaleUnits(rescaleUnits(params, 1, factors, { activation: "relu" }), 0, 3, { activation: relu });
    expect(compareOutputs(outputs)(params, rescaled, x).unchanged).toBe(true);
    expect(compareOutputs(loss)(params, rescaled, x).relativeDifference).toBeLessThan(1e-14);
  });

  it("makes a minimum as sharp as one likes (Dinh et al. 2017)", () => {
    const { params, x, loss } = networkOf("relu", "f64");
    const sharpness = (factor: number): number => hessianEigenvalues(loss, { smallest: 0 })(rescaleUnits(params, 1, factor, { activation: "relu" }), x).largest[0]!.value;
    expect(sharpness(0.01)).toBeGreaterThan(100 * sharpness(1));
  });

  it("does change networks whose activation is not homogeneous, which compareOutputs sees", () => {
    const { params, x, outputs } = networkOf("tanh", "f64");
    const comparison = compareOutputs(outputs)(params, rescaleUnits(params, 0, 2, { activation: "relu" }), x);
    expect(comparison.unchanged).toBe(false);
    expect(comparison.relativeDifference).toBeGreaterThan(0.01);
    expect(comparison.message).toMatch(/^changed: outputs differ by \S+ at most, \S+ of the largest; up to 1e-12 counts as rounding\.$/);
  });
});

describe("mistakes", () => {
  const { params, x, outputs } = networkOf("relu", "f32");
  const rescaling: RescaleUnitsOptions = { activation: "relu" };

  it("in the units and factors are named", () => {
    expect(complaint(() => permuteUnits(params, 2, [0, 1]))).toMatchInlineSnapshot(`"option: permuteUnits({ layer }): must be an integer in [0, 1]; got 2."`);
    expect(complaint(() => permuteUnits(params, 0, [0, 1, 1, 2, 3, 4, 5]))).toMatchInlineSnapshot(`"option: permuteUnits(params, layer, order): order must name each of the 7 units 0 … 6 once; got [0, 1, 1, 2, 3, 4, 5]."`);
    expect(complaint(() => permuteUnits(params, 0, 3 as never))).toMatchInlineSnapshot(`"option: permuteUnits(params, layer, order): order must name each of the 7 units 0 … 6 once; got 3."`);
    expect(complaint(() => permuteUnits({ layers: [params.layers[0]!] }, 0, []))).toMatchInlineSnapshot(`"tree: permuteUnits: params.layers must be a list of two or more { weight, bias }, as mlp of @opt/nn makes them; got [an object with keys weight, bias]."`);
    expect(complaint(() => permuteUnits({ layers: [params.layers[0]!, params.layers[2]!] }, 0, []))).toMatchInlineSnapshot(`"shape: permuteUnits: layer 0 must have a weight [inputs, units], a bias [units] and, after it, a weight [units, outputs]; got Tensor(f32[3, 7]), Tensor(f32[7]) and Tensor(f32[6, 2])."`);
    expect(complaint(() => permuteUnits({} as never, 0, []))).toMatchInlineSnapshot(`"tree: permuteUnits: params.layers must be a list of two or more { weight, bias }, as mlp of @opt/nn makes them; got undefined."`);
    expect(complaint(() => rescaleUnits(params, 0, [1, 2], rescaling))).toMatchInlineSnapshot(`"option: rescaleUnits(params, layer, factors): must be 7 finite numbers > 0, or one for all units; got [1, 2]."`);
    expect(complaint(() => rescaleUnits(params, 0, -1, rescaling))).toMatchInlineSnapshot(`"option: rescaleUnits(params, layer, factors): must be 7 finite numbers > 0, or one for all units; got -1."`);
    expect(complaint(() => rescaleUnits(params, 0, Infinity, rescaling))).toMatchInlineSnapshot(`"option: rescaleUnits(params, layer, factors): must be 7 finite numbers > 0, or one for all units; got Infinity."`);
  });

  it("in the activation are named", () => {
    expect(complaint(() => rescaleUnits(params, 0, 2, { activation: "tanh" } as never))).toMatchInlineSnapshot(`"option: rescaleUnits({ activation }): must be positively homogeneous, f(αx) = α f(x) for α > 0, such as "relu", "leaky-relu" or "linear"; got "tanh". Use permuteUnits, which fits every activation."`);
    expect(complaint(() => rescaleUnits(params, 0, 2, { activation: tanh }))).toMatchInlineSnapshot(`"option: rescaleUnits({ activation }): must be positively homogeneous, f(αx) = α f(x) for α > 0, such as "relu", "leaky-relu" or "linear"; got a function that is not. Use permuteUnits, which fits every activation."`);
    expect(complaint(() => rescaleUnits(params, 0, 2, {} as never))).toMatchInlineSnapshot(`"option: rescaleUnits({ activation }): must be positively homogeneous, f(αx) = α f(x) for α > 0, such as "relu", "leaky-relu" or "linear"; got undefined. Use permuteUnits, which fits every activation."`);
    expect(complaint(() => rescaleUnits(params, 0, 2, undefined as never))).toMatchInlineSnapshot(`"option: rescaleUnits({ activation }): must be positively homogeneous, f(αx) = α f(x) for α > 0, such as "relu", "leaky-relu" or "linear"; got undefined. Use permuteUnits, which fits every activation."`);
  });

  it("in comparisons are named", () => {
    expect(complaint(() => compareOutputs(outputs, { tolerance: -1 }))).toMatchInlineSnapshot(`"option: compareOutputs({ tolerance }): must be a number ≥ 0; got -1."`);
    expect(complaint(() => compareOutputs((at: Tensor) => at.mul(2))(tensor([1, 2]), tensor([1, 2, 3])))).toMatchInlineSnapshot(`"shape: compareOutputs: both points must give outputs of one shape; got Tensor(f32[2]) and Tensor(f32[3])."`);
    expect(compareOutputs(outputs)(params, { layers: params.layers.map(({ weight, bias }) => ({ weight: weight.mul(Number.NaN), bias })) }, x)).toMatchObject({ unchanged: false, largestDifference: NaN });
  });
});
