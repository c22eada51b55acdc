import type { Initializer } from "@opt/core";
import { key } from "@opt/core";
import type { InitializerCapabilities } from "@opt/testing";
import { describeInitializer } from "@opt/testing";
import { describe, expect, it } from "vitest";
import {
  constant, gain, glorotNormal, glorotUniform, heNormal, heUniform, lecunNormal, lecunUniform, normal, ones, orthogonal, truncatedNormal,
  uniform, uniformFan, varianceScaling, zeros,
} from "../src/index.ts";

const shape = [150, 90] as const;

/** A distribution that is uniform in ±limit. */
const within = (limit: number): InitializerCapabilities => ({ cases: [{ shape, variance: limit ** 2 / 3, minimum: -limit, maximum: limit }] });
const withVariance = (variance: number): InitializerCapabilities => ({ cases: [{ shape, variance }] });
const always = (mean: number): InitializerCapabilities => ({
  cases: [{ shape: [7, 5], mean, variance: 0, minimum: Math.fround(mean) - 1e-7, maximum: Math.fround(mean) + 1e-7 }],
  skip: { "gives other bits for another key": "it is a constant" },
});

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
  ["zeros()", zeros, always(0)],
  ["ones()", ones, always(1)],
  ["constant(value)", () => constant(0.1), always(0.1)],
];

for (const [name, make, capabilities] of table) describeInitializer(name, make, capabilities);

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
