import { exp, key, sigmoid } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { gateBias, outputBias, outputPrecision } from "../src/index.ts";

expect.extend(matchers);

const f64 = { dtype: "f64" } as const;

describe("outputBias", () => {
  it("solves softmax(b) = c, from shares or from counts", () => {
    const shares = [0.5, 0.3, 0.15, 0.05];
    for (const marginals of [shares, [500, 300, 150, 50], Float32Array.from([10, 6, 3, 1])]) {
      const powers = exp(outputBias({ link: "softmax", marginals })(key(1), [4], f64));
      expect(powers.div(powers.sum())).toBeAllClose(shares, { relative: 1e-14 });
      expect(powers.sum().item()).toBeCloseTo(1, 14);
    }
  });

  it("solves sigmoid(b) = c, near the ends too", () => {
    const marginals = [0.5, 0.01, 1e-12, 1 - 1e-9];
    expect(sigmoid(outputBias({ link: "sigmoid", marginals })(key(1), [4], f64))).toBeAllClose(marginals, { relative: 1e-13, absolute: 0 });
  });

  it("is the mean itself where there is no link", () => {
    expect(outputBias({ link: "linear", marginals: [-3, 8] })(key(1), [2])).toBeAllClose([-3, 8]);
  });

  it("names what cannot be", () => {
    expect(() => outputBias({ link: "softmax", marginals: [1, 0] })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputBias({ marginals[1] }): for link "softmax" it must be > 0, because softmax is never 0. Add one to the count of every class; got 0.]`);
    expect(() => outputBias({ link: "sigmoid", marginals: [1] })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputBias({ marginals[0] }): for link "sigmoid" it must be in (0, 1), because a sigmoid is never 0 or 1. Take (ones + 1) / (examples + 2); got 1.]`);
    expect(() => outputBias({ link: "linear", marginals: [Number.NaN] })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputBias({ marginals[0] }): must be a finite number; got NaN.]`);
    expect(() => outputBias({ link: "softmax", marginals: [] })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputBias({ marginals }): must list one or more numbers; got [].]`);
    expect(() => outputBias({ link: "linear", marginals: 3 as never })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputBias({ marginals }): must list one or more numbers; got 3.]`);
    // @ts-expect-error a misspelt link
    expect(() => outputBias({ link: "sofmax", marginals: [1] })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputBias({ link }): must be one of softmax, sigmoid, linear; got "sofmax". Did you mean "softmax"?]`);
    expect(() => outputBias({ link: "softmax", marginals: [1, 2] })(key(1), [3])).toThrowErrorMatchingInlineSnapshot(`[OptError: outputBias: the parameter must have shape [2], one element for each marginal; got [3].]`);
  });
});

describe("outputPrecision", () => {
  it("has every form of the targets' variance", () => {
    const read = (form: Parameters<typeof outputPrecision>[0]["form"] & string): number => outputPrecision({ variances: [4], form })(key(1), [1], f64).item();
    expect([read("precision"), read("variance"), read("standard-deviation")]).toEqual([0.25, 4, 2]);
    expect(read("log-variance")).toBeCloseTo(Math.log(4), 15);
    expect(read("log-precision")).toBeCloseTo(-Math.log(4), 15);
  });

  it("minimizes the negative log-likelihood of targets about their mean", () => {
    // ½ (β Var(y) − ln β) is least at β = 1 / Var(y).
    const variance = 2.5;
    const loss = (beta: number): number => (beta * variance - Math.log(beta)) / 2;
    const beta = outputPrecision({ variances: [variance] })(key(1), [1], f64).item();
    expect(loss(beta)).toBeLessThan(Math.min(loss(beta * 1.01), loss(beta * 0.99)));
  });

  it("names what cannot be", () => {
    expect(() => outputPrecision({ variances: [1, 0] })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputPrecision({ variances[1] }): must be > 0; got 0. Targets that never change need no output.]`);
    // @ts-expect-error a misspelt form
    expect(() => outputPrecision({ variances: [1], form: "sigma" })).toThrowErrorMatchingInlineSnapshot(`[OptError: outputPrecision({ form }): must be one of precision, variance, standard-deviation, log-precision, log-variance; got "sigma".]`);
    expect(() => outputPrecision({ variances: [1, 2] })(key(1), [1, 2])).toThrowErrorMatchingInlineSnapshot(`[OptError: outputPrecision: the parameter must have shape [2], one element for each variance; got [1, 2].]`);
  });
});

describe("gateBias", () => {
  it("sets each block of the last axis", () => {
    const bias = gateBias({ update: -1, reset: 2 });
    expect(bias(key(1), [4])).toBeAllClose([-1, -1, 2, 2]);
    expect(bias(key(1), [2, 2])).toBeAllClose([[-1, 2], [-1, 2]]);
  });

  it("names what cannot be", () => {
    expect(() => gateBias({})).toThrowErrorMatchingInlineSnapshot(`[OptError: gateBias(values): must give the bias of one gate or more by name, such as { input: 0, forget: 1 }; got an empty object.]`);
    expect(() => gateBias({ forget: Number.NaN })).toThrowErrorMatchingInlineSnapshot(`[OptError: gateBias({ forget }): must be a finite number; got NaN.]`);
    expect(() => gateBias({ input: 0, forget: 1 })(key(1), [5])).toThrowErrorMatchingInlineSnapshot(`[OptError: gateBias: 2 gates need a last axis that is a multiple of 2; got [5].]`);
  });
});
