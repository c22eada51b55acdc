import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exponential } from "../../src/wasm/math/exponential.ts";
import { log1p } from "../../src/wasm/math/log1p.ts";
import { logarithm as log } from "../../src/wasm/math/logarithm.ts";
import { pow } from "../../src/wasm/math/pow.ts";
import { sigmoid } from "../../src/wasm/math/sigmoid.ts";
import { tanh } from "../../src/wasm/math/tanh.ts";
import { trigonometric } from "../../src/wasm/math/trigonometry.ts";
import type { VectorCode } from "../../src/wasm/math/vector-code.ts";
import type { Local } from "../../src/wasm/types.ts";
import { elementwise, featureSets, keysOf } from "./support.ts";

const exp = (v: VectorCode, x: Local): Local => exponential(v, x, false);
const sin = (v: VectorCode, x: Local): Local => trigonometric(v, "sin", x);
const cos = (v: VectorCode, x: Local): Local => trigonometric(v, "cos", x);
const functions = { exp, log, log1p, tanh, sigmoid, sin, cos };
type Name = keyof typeof functions;

const references: Readonly<Record<Name, (x: number) => number>> = {
  exp: Math.exp, log: Math.log, log1p: Math.log1p, tanh: Math.tanh, sin: Math.sin, cos: Math.cos,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
};

/** Largest errors measured over 6 million arguments (of tanh over every one, 20 thousand in double precision), in units in the last place, rounded up. */
const limits: Readonly<Record<Name, { readonly f32x4: number; readonly f64x2: number }>> = {
  exp: { f32x4: 1.05, f64x2: 1.05 },
  log: { f32x4: 0.9, f64x2: 0.85 },
  log1p: { f32x4: 0.9, f64x2: 0.85 },
  tanh: { f32x4: 2, f64x2: 2 },
  sigmoid: { f32x4: 2, f64x2: 2 },
  sin: { f32x4: 1.5, f64x2: 0.85 },
  cos: { f32x4: 1.5, f64x2: 0.85 },
};

const golden = JSON.parse(readFileSync(new URL("math-golden.json", import.meta.url), "utf8")) as
  { readonly functions: Readonly<Record<Name, readonly (readonly [number, number, number])[]>> };

/** The distance from a number to the next larger one of the format. */
function unitInLastPlace(value: number, mantissaBits: 23 | 52): number {
  const smallestExponent = mantissaBits === 23 ? -126 : -1022;
  const size = Math.abs(value);
  let exponent = size === 0 ? smallestExponent : Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent -= 1;
  return 2 ** (Math.max(exponent, smallestExponent) - mantissaBits);
}

/** All exponents, both signs, a few significands each; then special values. */
function singlePrecisionArguments(): Float32Array {
  const bits = new Int32Array(2 * 256 * 40);
  let state = 12345;
  for (let index = 0; index < bits.length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bits[index] = ((index % 512) << 23) | (state >>> 9);
  }
  const values = new Float32Array(bits.buffer);
  for (let index = 0; index < 8000; index += 1) values[index] = (index - 4000) / 200;
  values.set([0, -0, Infinity, -Infinity, NaN, 1, -1, 88.72283, 88.72284, -87.34, -103.97, -103.98, Math.PI, 1e5, -1e5, 3e38]);
  return values;
}

describe.each(featureSets)("with relaxedSimd $relaxedSimd", (features) => {
  describe.each(keysOf(functions))("%s", (name) => {
    it("is accurate for 32-bit arguments of every size", () => {
      const x = singlePrecisionArguments();
      const actual = elementwise(features, "f32x4", 1, functions[name])(x);
      let worst = 0;
      x.forEach((argument, index) => {
        const exact = references[name](argument);
        const rounded = Math.fround(exact);
        const value = actual[index] ?? NaN;
        if (Object.is(value, rounded)) return;
        // Infinities, zeros and NaN must be met exactly.
        if (!Number.isFinite(rounded) || exact === 0) expect([argument, value]).toEqual([argument, rounded]);
        worst = Math.max(worst, Math.abs(value - exact) / unitInLastPlace(exact, 23));
      });
      expect(worst).toBeLessThanOrEqual(limits[name].f32x4);
    });

    it("is accurate for 64-bit arguments", () => {
      const rows = golden.functions[name];
      const actual = elementwise(features, "f64x2", 1, functions[name])(Float64Array.from(rows, ([argument]) => argument));
      const errors = rows.map(([, high, low], index) => Math.abs((actual[index] ?? NaN) - high - low) / unitInLastPlace(high, 52));
      expect(Math.max(...errors)).toBeLessThanOrEqual(limits[name].f64x2);
    });

    it("treats special 64-bit arguments as JavaScript does", () => {
      const x = Float64Array.of(0, -0, Infinity, -Infinity, NaN, -2, 800, -800, 1e22, -1e22, 5e-324, -5e-324, 1.7976931348623157e308, 1);
      const actual = elementwise(features, "f64x2", 1, functions[name])(x);
      x.forEach((argument, index) => {
        const expected = references[name](argument);
        const value = actual[index] ?? NaN;
        if (Number.isFinite(expected) && expected !== 0) expect(value / expected).toBeCloseTo(1, 14);
        else expect([argument, value]).toEqual([argument, expected]);
      });
    });
  });

  it.each(["f32x4", "f64x2"] as const)("exp gives the same bits where no argument is above 0 (%s)", (lanes) => {
    const bound = lanes === "f32x4" ? 110 : 760;
    const x = Float64Array.from({ length: 40000 }, (_, index) => (-bound * index) / 40000);
    x.set([-0, 0, -Infinity, NaN, -1e-45, -1e-310, -3e38]);
    const belowZero = elementwise(features, lanes, 1, (v, each) => exponential(v, each, true))(x);
    expect(belowZero).toEqual(elementwise(features, lanes, 1, exp)(x));
  });

  it.each(["f32x4", "f64x2"] as const)("tanh is odd, never beyond ±1, and ±1 far out (%s)", (lanes) => {
    const x = Float64Array.from({ length: 40000 }, (_, index) => index / 1600);
    const y = elementwise(features, lanes, 1, tanh)(x);
    const opposite = elementwise(features, lanes, 1, tanh)(x.map((each) => -each));
    expect(y.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(opposite.every((value, index) => Object.is(value, -(y[index] ?? NaN)))).toBe(true);
    expect(y.slice(1600 * 20).every((value) => value === 1)).toBe(true);
  });

  describe("pow", () => {
    const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2, -2, 0.5, -0.5, 3, -3, 1e-45, -1e-45, 16777216, 16777217, 3e38, -0.99, 1.25];

    it.each(["f32x4", "f64x2"] as const)("agrees with Math.pow on special values (%s)", (lanes) => {
      const round = lanes === "f32x4" ? Math.fround : Number;
      const pairs = special.flatMap((x) => special.map((y) => [round(x), round(y)] as const));
      const actual = elementwise(features, lanes, 2, pow)(Float64Array.from(pairs, ([x]) => x), Float64Array.from(pairs, ([, y]) => y));
      pairs.forEach(([x, y], index) => { expect([x, y, actual[index]]).toEqual([x, y, round(x ** y)]); });
    });

    it("is accurate for 32-bit numbers", () => {
      const x = Float32Array.from({ length: 20000 }, (_, index) => 0.01 + (index % 1000) / 100);
      const y = Float32Array.from({ length: 20000 }, (_, index) => (index - 10000) / 300);
      const actual = elementwise(features, "f32x4", 2, pow)(x, y);
      let worst = 0;
      x.forEach((base, index) => {
        const exact = base ** (y[index] ?? NaN);
        if (Math.fround(exact) === actual[index]) return;
        worst = Math.max(worst, Math.abs((actual[index] ?? NaN) - exact) / unitInLastPlace(exact, 23));
      });
      expect(worst).toBeLessThanOrEqual(0.51);
    });
  });
});
