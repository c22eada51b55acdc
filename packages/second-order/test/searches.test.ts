import { matchers } from "@opt/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backtracking, fixedStep, quadraticStep, strongWolfe } from "../src/index.ts";
import type { Decision, Line, Search, Trial } from "../src/index.ts";
import { cubicMinimizer, quadraticMinimizer, secantMinimizer } from "../src/searches/interpolate.ts";

expect.extend(matchers);

/** A function of one variable with its derivative. */
interface Curve {
  readonly value: (t: number) => number;
  readonly slope: (t: number) => number;
}

function lineOf({ value, slope }: Curve, firstStep: number, curvature: number): Line {
  return { value: value(0), slope: slope(0), firstStep, curvature, noise: Number.EPSILON ** (2 / 3) * Math.abs(value(0)), curvatureAlong: () => 1 };
}

interface Outcome<State> {
  readonly decision: Exclude<Decision<State>, { kind: "try" }>;
  readonly tried: readonly number[];
}

/** Runs a search along a curve to its end. */
function searchAlong<State>(search: Search<State>, curve: Curve, line: Line): Outcome<State> {
  const tried: number[] = [];
  let decision = search.start(line);
  while (decision.kind === "try") {
    const { step, state } = decision;
    tried.push(step);
    const trial: Trial = { step, value: curve.value(step), slope: curve.slope(step), finite: Number.isFinite(curve.value(step)), x: Float64Array.of(step) };
    decision = search.next(state, trial, line);
  }
  return { decision, tried };
}

/** The test functions of Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", 1994, equations 5.1 to 5.3. */
const curves: Readonly<Record<string, Curve>> = {
  "no minimum before a pole": { value: (t) => -t / (t * t + 2), slope: (t) => (t * t - 2) / (t * t + 2) ** 2 },
  "flat, then steep": { value: (t) => (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4, slope: (t) => 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3 },
  wavy: {
    value: (t) => smoothed(t) + ((2 * 0.99) / (39 * Math.PI)) * Math.sin((39 * Math.PI * t) / 2),
    slope: (t) => smoothedSlope(t) + 0.99 * Math.cos((39 * Math.PI * t) / 2),
  },
};

/** |1 − t| with a rounded corner, tilted by −0.99. */
function smoothed(t: number): number {
  const beta = 0.01;
  if (t <= 1 - beta) return 1 - t;
  return t >= 1 + beta ? t - 1 : (t - 1) ** 2 / (2 * beta) + beta / 2;
}

function smoothedSlope(t: number): number {
  const beta = 0.01;
  if (t <= 1 - beta) return -1;
  return t >= 1 + beta ? 1 : (t - 1) / beta;
}

describe("strongWolfe", () => {
  for (const [name, curve] of Object.entries(curves)) {
    for (const [slope, curvature] of [[1e-3, 0.1], [0.05, 0.1], [1e-4, 0.9]] as const) {
      it(`fulfils both conditions (c₁ = ${slope}, c₂ = ${curvature}) on the curve "${name}", from steps far too short to far too long`, () => {
        for (const firstStep of [1e-3, 1e-1, 1e1, 1e3]) {
          const line = lineOf(curve, firstStep, 0.9);
          const { decision, tried } = searchAlong(strongWolfe({ slope, curvature }), curve, line);
          if (decision.kind !== "accept") throw new Error(`failed: ${decision.reason}`);
          const { step, value, slope: end } = decision.trial;
          expect(value).toBeLessThanOrEqual(line.value + slope * step * line.slope);
          expect(Math.abs(end)).toBeLessThanOrEqual(-curvature * line.slope);
          expect(tried.length).toBeLessThanOrEqual(20);
        }
      });
    }
  }

  it("fulfils both conditions on random smooth curves", () => {
    const coefficient = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(coefficient, coefficient, fc.double({ min: 0.1, max: 4, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }), (a, b, frequency, exponent) => {
        const curve: Curve = {
          value: (t) => 0.1 * t * t - 3 * t + a * Math.sin(frequency * t) + b * Math.cos(frequency * t),
          slope: (t) => 0.2 * t - 3 + frequency * (a * Math.cos(frequency * t) - b * Math.sin(frequency * t)),
        };
        fc.pre(curve.slope(0) < -0.1);
        const line = lineOf(curve, 10 ** exponent, 0.4);
        const { decision } = searchAlong(strongWolfe(), curve, line);
        if (decision.kind !== "accept") throw new Error(`failed: ${decision.reason}`);
        expect(decision.trial.value).toBeLessThanOrEqual(line.value + 1e-4 * decision.trial.step * line.slope);
        expect(Math.abs(decision.trial.slope)).toBeLessThanOrEqual(-0.4 * line.slope);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it("comes back from where the function is NaN or infinite", () => {
    const logarithm: Curve = { value: (t) => -4 * t - Math.log(1 - t), slope: (t) => -4 + 1 / (1 - t) };
    for (const firstStep of [1, 2, 1e6]) {
      const { decision } = searchAlong(strongWolfe({ curvature: 0.1 }), logarithm, lineOf(logarithm, firstStep, 0.9));
      expect(decision).toMatchObject({ kind: "accept" });
      expect(decision.kind === "accept" ? decision.trial.step : 0).toBeAllClose(0.75, { absolute: 0.1 });
    }
  });

  it("fails for its reason", () => {
    const wall: Curve = { value: (t) => (t === 0 ? 0 : Number.NaN), slope: () => -1 };
    const lying: Curve = { value: (t) => t, slope: (t) => (t === 0 ? -1 : 1) };
    const plane: Curve = { value: (t) => -t, slope: () => -1 };
    const reasons = [wall, lying, plane].map((curve) => searchAlong(strongWolfe(), curve, lineOf(curve, 1, 0.9)).decision);
    expect(reasons).toEqual([{ kind: "fail", reason: "non-finite" }, { kind: "fail", reason: "no-decrease" }, { kind: "fail", reason: "unbounded" }]);
  });

  it("tries no more often and no farther than it may", () => {
    const { wavy } = curves;
    expect(searchAlong(strongWolfe({ curvature: 1e-3, maxTrials: 4 }), wavy!, lineOf(wavy!, 1e-3, 0.9)).tried.length).toBeLessThanOrEqual(4);
    const falling: Curve = { value: (t) => Math.exp(-t), slope: (t) => -Math.exp(-t) };
    const { tried } = searchAlong(strongWolfe({ curvature: 1e-3, maxStep: 2 }), falling, lineOf(falling, 1, 0.9));
    expect(Math.max(...tried)).toBe(2);
  });
});

describe("backtracking", () => {
  it("accepts the first step of its sequence with a sufficient decrease", () => {
    const bowl: Curve = { value: (t) => (t - 1) ** 2, slope: (t) => 2 * (t - 1) };
    for (const firstStep of [0.5, 1, 3, 100, 1e5]) {
      const line = lineOf(bowl, firstStep, 0.9);
      const { decision, tried } = searchAlong(backtracking({ slope: 0.3 }), bowl, line);
      if (decision.kind !== "accept") throw new Error("failed");
      const fits = (step: number): boolean => bowl.value(step) <= line.value + 0.3 * step * line.slope;
      expect(tried.map(fits)).toEqual(tried.map((_, index) => index === tried.length - 1));
      tried.slice(1).forEach((step, index) => {
        expect(step).toBeLessThanOrEqual(0.5 * tried[index]!);
        expect(step).toBeGreaterThanOrEqual(0.1 * tried[index]! * (1 - 1e-15));
      });
    }
  });

  it("comes back from NaN, and fails for its reason", () => {
    const root: Curve = { value: (t) => Math.sqrt(1 - t) - t, slope: () => -1.5 };
    const rising: Curve = { value: (t) => 1 - Math.sqrt(1 - t), slope: () => -0.5 };
    const wall: Curve = { value: (t) => (t === 0 ? 0 : Number.NaN), slope: () => -1 };
    expect(searchAlong(backtracking(), root, lineOf(root, 64, 0.9)).decision).toMatchObject({ kind: "accept", trial: { finite: true } });
    expect(searchAlong(backtracking({ maxTrials: 5 }), rising, lineOf(rising, 1, 0.9))).toMatchObject({ decision: { reason: "no-decrease" }, tried: { length: 5 } });
    expect(searchAlong(backtracking(), wall, lineOf(wall, 1, 0.9)).decision).toEqual({ kind: "fail", reason: "non-finite" });
  });
});

describe("fixedStep and quadraticStep", () => {
  const bowl: Curve = { value: (t) => 0.5 * t * t - t, slope: (t) => t - 1 };

  it("take the one step", () => {
    expect(searchAlong(fixedStep(3), bowl, lineOf(bowl, 1, 0.9))).toMatchObject({ decision: { kind: "accept", trial: { step: 3 } }, tried: [3] });
    expect(searchAlong(quadraticStep(), bowl, lineOf(bowl, 7, 0.9))).toMatchObject({ decision: { kind: "accept", trial: { step: 1 } }, tried: [1] });
  });

  it("fail for their reasons", () => {
    const wall: Curve = { value: (t) => (t === 0 ? 0 : Number.NaN), slope: () => -1 };
    const cubic: Curve = { value: (t) => -t + 10 * t ** 3, slope: (t) => -1 + 30 * t ** 2 };
    const along = (curve: Curve, curvature: number): unknown => searchAlong(quadraticStep(), curve, { ...lineOf(curve, 1, 0.9), curvatureAlong: () => curvature }).decision;
    expect(searchAlong(fixedStep(1), wall, lineOf(wall, 1, 0.9)).decision).toEqual({ kind: "fail", reason: "non-finite" });
    expect([along(wall, 1), along(bowl, -1), along(bowl, Number.NaN), along(cubic, 1)]).toEqual([
      { kind: "fail", reason: "non-finite" },
      { kind: "fail", reason: "negative-curvature" },
      { kind: "fail", reason: "non-finite" },
      { kind: "fail", reason: "no-decrease" },
    ]);
  });
});

describe("interpolation", () => {
  it("finds the minimum of a cubic, of a parabola, and the zero of a line", () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0.1, max: 3, noNaN: true }), fc.double({ min: 0.1, max: 3, noNaN: true }), (center, a, b) => {
        // The minimum of a (t − m)² (1 + b (t − m)) near m.
        const value = (t: number): number => a * (t - center) ** 2 * (1 + 0.1 * b * (t - center));
        const slope = (t: number): number => 2 * a * (t - center) + 0.3 * a * b * (t - center) ** 2;
        const at = (step: number): { step: number; value: number; slope: number } => ({ step, value: value(step), slope: slope(step) });
        expect(cubicMinimizer(at(center - 1), at(center + 1.5))).toBeAllClose(center, { absolute: 1e-8 });
      }),
      { seed: 5, numRuns: 100 },
    );
    expect(quadraticMinimizer(1, -2, 3, 4)).toBeAllClose(1);
    expect(quadraticMinimizer(1, -2, 1, -1)).toBeUndefined();
    expect(secantMinimizer({ step: 1, value: 0, slope: -2 }, { step: 2, value: 0, slope: 2 })).toBe(1.5);
    expect(secantMinimizer({ step: 1, value: 0, slope: 2 }, { step: 2, value: 0, slope: 2 })).toBeUndefined();
  });
});
