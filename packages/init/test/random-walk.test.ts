import type { Initializer, Key, Tensor } from "@opt/core";
import { compile, grad, key, randomNormal, relu, splitKey } from "@opt/core";
import { describe, expect, it } from "vitest";
import { heNormal, randomWalk, randomWalkGain } from "../src/index.ts";
import { meanLogChiSquared } from "./chi-squared.ts";

function choose(n: number, k: number): number {
  let result = 1;
  for (let index = 1; index <= k; index++) result *= (n - k + index) / index;
  return result;
}

/** The gain that keeps the mean of ln‖δ‖ exactly: through a linear layer, or through a rectifier that passes each unit with probability 1/2, one at least. */
function exactGain(activation: "linear" | "relu", units: number): number {
  if (activation === "linear") return Math.exp(-(meanLogChiSquared(units) - Math.log(units)) / 2);
  let total = 0;
  for (let active = 1; active <= units; active++) {
    total += (choose(units, active) / (2 ** units - 1)) * (meanLogChiSquared(active) - Math.log(units));
  }
  return Math.exp(-total / 2);
}

describe("randomWalkGain", () => {
  it("keeps the mean logarithm of a gradient's length", () => {
    for (const units of [8, 20, 50, 200]) {
      expect(Math.abs(randomWalkGain("linear", units) / exactGain("linear", units) - 1)).toBeLessThan(0.2 / units ** 2 + 1e-12);
      expect(Math.abs(randomWalkGain("relu", units) / exactGain("relu", units) - 1)).toBeLessThan(units < 20 ? 0.02 : 0.001);
    }
  });

  it("has the known values", () => {
    expect(randomWalkGain("linear", 1)).toBe(Math.exp(0.5));
    expect(randomWalkGain("relu", 3)).toBe(randomWalkGain("relu", 6));
    expect(randomWalkGain("relu", 1e9)).toBeCloseTo(Math.SQRT2, 8);
  });

  it("names what is wrong", () => {
    expect(() => randomWalkGain("relu", 0)).toThrowErrorMatchingInlineSnapshot(`[OptError: randomWalkGain({ width }): must be an integer ≥ 1; got 0.]`);
    // @ts-expect-error an unknown activation
    expect(() => randomWalkGain("rlu", 3)).toThrowErrorMatchingInlineSnapshot(`[OptError: randomWalkGain({ activation }): must be one of linear, relu; got "rlu". Did you mean "relu"?]`);
  });
});

const depth = 30;
const width = 10;

/** ∂/∂x of a stack of rectified layers, projected on a direction: compiled once for all draws. */
const gradientOf = compile(
  (weights: readonly Tensor[], direction: Tensor, at: Tensor) =>
    grad((x: Tensor) => weights.reduce((hidden, weight) => relu(hidden).matmul(weight), x).mul(direction).sum())(at),
  { donate: [] },
);

/** ln(‖∂L/∂x‖ / ‖∂L/∂y‖) for each of many draws; one in which every unit of a layer is silent passes no gradient and is left out, as the gain's formula does. */
function logGrowths(initializer: Initializer): number[] {
  const lengthOf = (x: Tensor): number => x.pow(2).sum().item();
  return Array.from({ length: 50 }, (_, seed) => {
    const [directionKey, inputKey, ...keys] = splitKey(key(seed), depth + 2);
    const draw = (own: Key | undefined): Tensor => randomNormal(own ?? key(0), [1, width], { dtype: "f64" });
    const direction = draw(directionKey);
    const gradient = gradientOf(keys.map((own) => initializer(own, [width, width], { dtype: "f64" })), direction, draw(inputKey));
    return Math.log(lengthOf(gradient) / lengthOf(direction)) / 2;
  }).filter(Number.isFinite);
}

it("in 30 layers of 10 rectified units the gradient walks without a drift, which He's gain does not", () => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const walk = logGrowths(randomWalk());
  const error = Math.sqrt(mean(walk.map((value) => (value - mean(walk)) ** 2)) / walk.length);
  // Four standard errors, and the drift of the fit: 0.42 % in each layer.
  expect(Math.abs(mean(walk))).toBeLessThan(4 * error + depth * 0.0042);
  // He's weights are the same draws, smaller by the ratio of the gains in every layer: a drift of −4.7.
  expect(mean(logGrowths(heNormal()))).toBeCloseTo(mean(walk) - depth * Math.log(randomWalkGain("relu", width) / Math.SQRT2), 6);
});
