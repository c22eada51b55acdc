import type { FloatDType, Initializer, Shape } from "@opt/core";
import { key } from "@opt/core";
import { describe, expect } from "vitest";
import type { LawTest, Skips } from "./laws.ts";
import { runLaws } from "./laws.ts";

/** The laws of the contract. */
export type InitializerLaw =
  | "has the stated mean and variance"
  | "stays within its bounds"
  | "honors shape and dtype"
  | "gives the same bits for the same key"
  | "gives other bits for another key"
  | "is finite in f32 and f64 alike";

/** What the elements of one shape should be distributed like. */
export interface InitializerCase {
  readonly shape: Shape;
  /** Default 0. */
  readonly mean?: number;
  readonly variance: number;
  /** The least possible element. Default −infinity. */
  readonly minimum?: number;
  /** The largest possible element. Default infinity. */
  readonly maximum?: number;
}

/** What is known about an initializer. */
export interface InitializerCapabilities {
  /** Shapes with the moments that their elements have; large ones say more. */
  readonly cases: readonly InitializerCase[];
  /** How many standard errors a moment may be off. Default 5. */
  readonly standardErrors?: number;
  /** The seed of the draws. Default 1. */
  readonly seed?: number;
  /** Laws that do not hold, each with the reason why. */
  readonly skip?: Skips<InitializerLaw>;
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly fourth: number;
}

function momentsOf(values: ArrayLike<number>, center: number): Moments {
  let mean = 0;
  let variance = 0;
  let fourth = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    const square = (value - center) ** 2;
    mean += value / values.length;
    variance += square / values.length;
    fourth += square ** 2 / values.length;
  }
  return { mean, variance, fourth };
}

function checkMoments(initializer: Initializer, expected: InitializerCase, seed: number, standardErrors: number): void {
  const { shape, mean = 0, variance } = expected;
  const values = initializer(key(seed), shape, { dtype: "f64" }).readSync();
  const moments = momentsOf(values, mean);
  // The variance of the sample variance about a known mean is (μ₄ − σ⁴) / n; the slack is for constants.
  const slack = 1e-12 * Math.max(1, Math.abs(mean), variance);
  const meanError = standardErrors * Math.sqrt(variance / values.length) + slack;
  const varianceError = standardErrors * Math.sqrt(Math.max(0, moments.fourth - variance ** 2) / values.length) + slack;
  const place = `shape [${shape.join(", ")}]`;
  expect(Math.abs(moments.mean - mean), `${place}: mean ${moments.mean}, stated ${mean}`).toBeLessThanOrEqual(meanError);
  expect(Math.abs(moments.variance - variance), `${place}: variance ${moments.variance}, stated ${variance}`).toBeLessThanOrEqual(varianceError);
}

/** Every law with its test, for running them one by one. */
export function initializerLaws(make: () => Initializer, capabilities: InitializerCapabilities): LawTest<InitializerLaw>[] {
  const { cases, standardErrors = 5, seed = 1 } = capabilities;
  const read = (seedOfDraw: number, shape: Shape, dtype: FloatDType): ArrayLike<number> => make()(key(seedOfDraw), shape, { dtype }).readSync();
  const laws: LawTest<InitializerLaw>[] = [
    ["has the stated mean and variance", () => {
      for (const expected of cases) checkMoments(make(), expected, seed, standardErrors);
    }],
    ["stays within its bounds", () => {
      for (const { shape, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } of cases) {
        const outside = Array.from(read(seed, shape, "f64")).filter((value) => !(value >= minimum && value <= maximum));
        expect(outside).toEqual([]);
      }
    }],
    ["honors shape and dtype", () => {
      for (const { shape } of cases) {
        const single = make()(key(seed), shape);
        expect([single.shape, single.dtype]).toEqual([shape, "f32"]);
        expect(single.readSync()).toBeInstanceOf(Float32Array);
        const double = make()(key(seed), shape, { dtype: "f64" });
        expect([double.shape, double.dtype]).toEqual([shape, "f64"]);
        expect(double.readSync()).toBeInstanceOf(Float64Array);
      }
    }],
    ["gives the same bits for the same key", () => {
      for (const { shape } of cases) expect(read(seed, shape, "f32")).toEqual(read(seed, shape, "f32"));
    }],
    ["gives other bits for another key", () => {
      for (const { shape } of cases) expect(read(seed, shape, "f32")).not.toEqual(read(seed + 1, shape, "f32"));
    }],
    ["is finite in f32 and f64 alike", () => {
      for (const { shape } of cases) {
        for (const dtype of ["f32", "f64"] as const) expect(Array.from(read(seed, shape, dtype)).every(Number.isFinite)).toBe(true);
      }
    }],
  ];
  return laws;
}

/**
 * Runs the contract of initializers over one of them: stated moments and bounds, shape, dtype, and that the key decides.
 *
 * @param name - The name of the suite.
 * @param make - Makes the initializer.
 * @param capabilities - Shapes with their moments, and laws to skip with the reason why.
 *
 * @example
 * ```ts
 * import { randomUniform } from "@opt/core";
 * import { describeInitializer } from "@opt/testing";
 *
 * describeInitializer("unit", () => (key, shape, options) => randomUniform(key, shape, { dtype: options?.dtype ?? "f32" }), {
 *   cases: [{ shape: [100, 50], mean: 0.5, variance: 1 / 12, minimum: 0, maximum: 1 }],
 * });
 * ```
 */
export function describeInitializer(name: string, make: () => Initializer, capabilities: InitializerCapabilities): void {
  describe(`${name} keeps the contract of initializers`, () => {
    runLaws(initializerLaws(make, capabilities), capabilities.skip);
  });
}
