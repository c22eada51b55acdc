import type { Initializer } from "@opt/core";
import { key, tensor } from "@opt/core";
import type { InitializerCapabilities } from "@opt/testing";
import { describeInitializer } from "@opt/testing";
import { describe, expect, it } from "vitest";
import * as init from "../src/index.ts";
import {
  constant, gain, gateBias, glorotNormal, glorotUniform, heNormal, heUniform, identity, lecunNormal, lecunUniform, normal, ones, orthogonal, outputBias,
  outputPrecision, pretrained, randomWalk, randomWalkGain, sparse, truncatedNormal, uniform, uniformFan, varianceScaling, zeros,
} from "../src/index.ts";

const shape = [150, 90] as const;

/** A distribution that is uniform in ±limit. */
const within = (limit: number): InitializerCapabilities => ({ cases: [{ shape, variance: limit ** 2 / 3, minimum: -limit, maximum: limit }] });
const withVariance = (variance: number): InitializerCapabilities => ({ cases: [{ shape, variance }] });
const always = (mean: number): InitializerCapabilities => ({
  cases: [{ shape: [7, 5], mean, variance: 0, minimum: Math.fround(mean) - 1e-7, maximum: Math.fround(mean) + 1e-7 }],
  skip: { "gives other bits for another key": "it is a constant" },
});

/** Elements that are given, whatever the key. */
const fixed = (of: readonly number[], shapeOf: readonly number[]): InitializerCapabilities => {
  const mean = of.reduce((sum, value) => sum + value, 0) / of.length;
  const variance = of.reduce((sum, value) => sum + (value - mean) ** 2, 0) / of.length;
  return {
    cases: [{ shape: shapeOf, mean, variance, minimum: Math.min(...of) - 1e-12, maximum: Math.max(...of) + 1e-12 }],
    skip: { "gives other bits for another key": "it does not use its key" },
  };
};

/** The standard deviation that is left of 1 when the normal distribution is cut off at ±2. */
const cutDeviation = 0.879_625_661_034_239_78;

/** Every initializer of the package; the contract runs over all of them. */
const table: [name: string, make: () => Initializer, capabilities: InitializerCapabilities][] = [
  ["uniformFan()", uniformFan, within(1 / Math.sqrt(150))],
  ["glorotUniform()", glorotUniform, within(Math.sqrt(6 / 240))],
  ["glorotUniform({ gain })", () => glorotUniform({ gain: gain("tanh") }), within((5 / 3) * Math.sqrt(6 / 240))],
  ["glorotNormal()", glorotNormal, withVariance(2 / 240)],
  ["glorotNormal({ gain })", () => glorotNormal({ gain: 3 }), withVariance((9 * 2) / 240)],
  ["heUniform()", heUniform, within(Math.sqrt(6 / 150))],
  ["heUniform({ mode })", () => heUniform({ mode: "fan-out" }), within(Math.sqrt(6 / 90))],
  ["heNormal()", heNormal, withVariance(2 / 150)],
  ["heNormal({ mode })", () => heNormal({ mode: "fan-average" }), withVariance(2 / 120)],
  ["heNormal({ gain })", () => heNormal({ gain: gain("leaky-relu", 0.2) }), withVariance(2 / 1.04 / 150)],
  ["lecunUniform()", lecunUniform, within(Math.sqrt(3 / 150))],
  ["lecunUniform({ gain })", () => lecunUniform({ gain: 0.5 }), within(0.5 * Math.sqrt(3 / 150))],
  ["lecunNormal()", lecunNormal, withVariance(1 / 150)],
  ["lecunNormal({ mode })", () => lecunNormal({ mode: "fan-out" }), withVariance(1 / 90)],
  ["varianceScaling()", varianceScaling, withVariance(1 / 150)],
  [
    "varianceScaling({ gain, mode, distribution })",
    () => varianceScaling({ gain: 2, mode: "fan-average", distribution: "uniform" }),
    within(2 * Math.sqrt(3 / 120)),
  ],
  ["uniform()", uniform, within(0.05)],
  ["uniform({ minimum, maximum })", () => uniform({ minimum: 1, maximum: 4 }), { cases: [{ shape: [60, 50], mean: 2.5, variance: 9 / 12, minimum: 1, maximum: 4 }] }],
  ["normal()", normal, withVariance(0.05 ** 2)],
  ["normal({ mean, standardDeviation })", () => normal({ mean: -3, standardDeviation: 2 }), { cases: [{ shape: [60, 50], mean: -3, variance: 4 }] }],
  ["truncatedNormal()", truncatedNormal, { cases: [{ shape, variance: (0.05 * cutDeviation) ** 2, minimum: -0.1, maximum: 0.1 }] }],
  [
    "truncatedNormal({ mean, standardDeviation, cutoff })",
    () => truncatedNormal({ mean: 5, standardDeviation: 2, cutoff: 8 }),
    { cases: [{ shape: [60, 50], mean: 5, variance: 4, minimum: -11, maximum: 21 }] },
  ],
  ["orthogonal()", orthogonal, { cases: [{ shape: [60, 40], variance: 1 / 60 }, { shape: [30, 60], variance: 1 / 60 }] }],
  ["orthogonal({ gain })", () => orthogonal({ gain: 2 }), { cases: [{ shape: [50, 50], variance: 4 / 50, minimum: -2, maximum: 2 }] }],
  [
    "orthogonal({ method })",
    () => orthogonal({ method: "gram-schmidt" }),
    { cases: [{ shape: [60, 40], variance: 1 / 60 }, { shape: [30, 60], variance: 1 / 60 }] },
  ],
  ["sparse()", sparse, withVariance(15 / 150)],
  [
    "sparse({ connections, standardDeviation })",
    () => sparse({ connections: 40, standardDeviation: 0.5 }),
    { cases: [{ shape: [60, 50], variance: (0.25 * 40) / 60 }, { shape: [5, 6, 50], variance: 0.25 }] },
  ],
  ["randomWalk()", randomWalk, withVariance(randomWalkGain("relu", 150) ** 2 / 150)],
  ["randomWalk({ activation })", () => randomWalk({ activation: "linear" }), { cases: [{ shape: [10, 900], variance: Math.exp(1 / 10) / 10 }] }],
  ["identity()", identity, fixed([1, 0, 0, 0, 1, 0], [2, 3])],
  ["identity({ gain })", () => identity({ gain: -2 }), fixed([-2, 0, 0, -2, 0, 0], [3, 2])],
  ["gateBias(values)", () => gateBias({ input: 0, forget: 1, output: -1 }), fixed([0, 0, 1, 1, -1, -1], [6])],
  ["outputBias({ link, marginals })", () => outputBias({ link: "linear", marginals: [1, 2] }), fixed([1, 2], [2])],
  ["outputPrecision({ variances })", () => outputPrecision({ variances: [0.5, 4] }), fixed([2, 0.25], [2])],
  ["pretrained(value)", () => pretrained(tensor([[1, 2], [3, 4]])), fixed([1, 2, 3, 4], [2, 2])],
  ["zeros()", zeros, always(0)],
  ["ones()", ones, always(1)],
  ["constant(value)", () => constant(0.1), always(0.1)],
];

for (const [name, make, capabilities] of table) describeInitializer(name, make, capabilities);

it("the table has every initializer of the package", () => {
  const others = ["fans", "gain", "initializeFrom", "lsuv", "raiseSmallActivations", "randomWalkGain"];
  const named = new Set(table.map(([name]) => name.slice(0, name.indexOf("("))));
  expect([...named].sort()).toEqual(Object.keys(init).filter((name) => !others.includes(name)).sort());
});

describe("initializers by fan", () => {
  it("count a convolution's window", () => {
    const weight = heNormal()(key(1), [3, 3, 16, 400], { dtype: "f64" });
    const variance = weight.pow(2).mean().item();
    expect(Math.abs(variance / (2 / 144) - 1)).toBeLessThan(0.02);
  });

  it("say that a bias has no fans", () => {
    expect(() => glorotUniform()(key(1), [10])).toThrowErrorMatchingInlineSnapshot(`[OptError: fans(shape): needs two or more axes, [fan in, fan out]; got [10]. Use zeros() or constant(value) for a bias.]`);
    expect(() => orthogonal()(key(1), [10])).toThrowErrorMatchingInlineSnapshot(`[OptError: orthogonal: needs two or more axes, [fan in, fan out]; got [10]. Use zeros() or constant(value) for a bias.]`);
  });
});

describe("mistakes in options", () => {
  it("are named where the initializer is made", () => {
    expect(() => sparse({ connections: 0 })).toThrowErrorMatchingInlineSnapshot(`[OptError: sparse({ connections }): must be an integer ≥ 1; got 0.]`);
    expect(() => sparse()(key(1), [10])).toThrowErrorMatchingInlineSnapshot(`[OptError: sparse: needs two or more axes, [fan in, fan out]; got [10]. Use zeros() or constant(value) for a bias.]`);
    expect(() => sparse()([tensor(1), 2], [10, 3])).toThrowErrorMatchingInlineSnapshot(`[OptError: sparse(key, shape): works on the host, so the key must be made of numbers; got one that is traced. Draw before the compiled function is called, or use heNormal() or another initializer of independent elements.]`);
    // @ts-expect-error an activation without a known gain
    expect(() => randomWalk({ activation: "tanh" })).toThrowErrorMatchingInlineSnapshot(`[OptError: randomWalk({ activation }): must be one of linear, relu; got "tanh".]`);
    expect(() => identity()(key(1), [3])).toThrowErrorMatchingInlineSnapshot(`[OptError: identity: needs two axes, [fan in, fan out]; got [3].]`);
    // @ts-expect-error a method in another spelling
    expect(() => orthogonal({ method: "gramSchmidt" })).toThrowErrorMatchingInlineSnapshot(`[OptError: orthogonal({ method }): must be one of householder, gram-schmidt; got "gramSchmidt". Did you mean "gram-schmidt"?]`);
    expect(() => constant(Number.NaN)).toThrowErrorMatchingInlineSnapshot(`[OptError: constant({ value }): must be a finite number; got NaN.]`);
    expect(() => uniform({ minimum: 1, maximum: 0 })).toThrowErrorMatchingInlineSnapshot(`[OptError: uniform({ maximum }): must be a number ≥ 1; got 0.]`);
    expect(() => normal({ standardDeviation: -1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: normal({ standardDeviation }): must be a number ≥ 0; got -1.]`);
    expect(() => truncatedNormal({ cutoff: 0 })).toThrowErrorMatchingInlineSnapshot(`[OptError: truncatedNormal({ cutoff }): must be a number ≥ 0.1; got 0.]`);
    expect(() => glorotUniform({ gain: 0 })).toThrowErrorMatchingInlineSnapshot(`[OptError: glorotUniform({ gain }): must be a number > 0; got 0.]`);
    expect(() => orthogonal({ gain: -1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: orthogonal({ gain }): must be a number > 0; got -1.]`);
    // @ts-expect-error a mode in another spelling
    expect(() => heNormal({ mode: "fanIn" })).toThrowErrorMatchingInlineSnapshot(`[OptError: heNormal({ mode }): must be one of fan-in, fan-out, fan-average; got "fanIn". Did you mean "fan-in"?]`);
    // @ts-expect-error a misspelt option
    expect(() => lecunNormal({ gian: 1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: lecunNormal({ gian }): unknown option. Did you mean "gain"?]`);
    // @ts-expect-error an unknown distribution
    expect(() => varianceScaling({ distribution: "cauchy" })).toThrowErrorMatchingInlineSnapshot(`[OptError: varianceScaling({ distribution }): must be one of uniform, normal; got "cauchy".]`);
  });
});
