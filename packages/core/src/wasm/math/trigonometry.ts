import type { Local } from "../types.ts";
import { cosDouble, cosSingle, halfPi, sinDouble, sinSingle } from "./coefficients.ts";
import { lowWords, narrow, widen } from "./halves.ts";
import { applyHost } from "./host-math.ts";
import { VectorCode } from "./vector-code.ts";

/** x = n·pi/2 + (remainder + tail) with |remainder| <= pi/4. */
interface ReducedAngle {
  /** n in the low bits of each lane. */
  readonly quadrant: Local;
  readonly remainder: Local;
  /** What the remainder lost by rounding; left out where a single-precision remainder is exact enough. */
  readonly tail: Local | undefined;
}

/** Up to this size products of the quadrant number with the parts of pi/2 are exact; beyond it the host is asked. */
const largestAngle = 1.5e6;

const [halfPi1 = 0, halfPi2 = 0, halfPi3 = 0, halfPi4 = 0] = halfPi;

/** a - b exactly, as a rounded difference and its error (Knuth's two-sum). */
function exactDifference(v: VectorCode, a: Local, b: Local): readonly [Local, Local] {
  const difference = v.float("sub", a, b);
  const kept = v.float("sub", difference, a);
  const lostOfA = v.float("sub", a, v.float("sub", difference, kept));
  return [difference, v.float("sub", lostOfA, v.float("add", b, kept))];
}

/** The quadrant n of an angle as {@link ReducedAngle} has it and as a number, and the angle less n times the first part of pi/2. */
function splitQuadrant(v: VectorCode, x: Local): { readonly quadrant: Local; readonly n: Local; readonly first: Local } {
  const magic = v.number(v.format.roundingNumber);
  const quadrant = v.multiplyAdd(x, v.number(2 / Math.PI), magic);
  const n = v.float("sub", quadrant, magic);
  return { quadrant, n, first: v.negativeMultiplyAdd(n, v.number(halfPi1), x) };
}

/** Quadrant and remainder in double precision; x - n·pi/2 is computed to about 118 bits after the point. */
function reduceDouble(v: VectorCode, x: Local): ReducedAngle {
  const { quadrant, n, first } = splitQuadrant(v, x);
  const [second, lost2] = exactDifference(v, first, v.float("mul", n, v.number(halfPi2)));
  const [third, lost3] = exactDifference(v, second, v.float("mul", n, v.number(halfPi3)));
  const rest = v.negativeMultiplyAdd(n, v.number(halfPi4), v.float("add", lost2, lost3));
  const remainder = v.float("add", third, rest);
  const tail = v.float("sub", rest, v.float("sub", remainder, third));
  return { quadrant, remainder, tail };
}

/** The remainder in double precision without its tail: enough to be rounded to single precision. */
function reduceForSingle(v: VectorCode, x: Local): { readonly quadrant: Local; readonly remainder: Local } {
  const { quadrant, n, first } = splitQuadrant(v, x);
  return { quadrant, remainder: v.negativeMultiplyAdd(n, v.number(halfPi2), first) };
}

/** 32-bit angles are reduced as 64-bit numbers: pi/2 in 24-bit parts would need four of them. */
function reduceSingle(v: VectorCode, x: Local): ReducedAngle {
  const wide = new VectorCode(v.w, "f64x2");
  const halves = widen(v, x);
  const low = reduceForSingle(wide, halves.low);
  const high = reduceForSingle(wide, halves.high);
  return {
    quadrant: lowWords(v, { low: low.quadrant, high: high.quadrant }),
    remainder: narrow(v, { low: low.remainder, high: high.remainder }),
    tail: undefined,
  };
}

/** sin(r + tail) for |r| <= pi/4: r + (tail + r³·s(r²)). */
function smallSine(v: VectorCode, { remainder, tail }: ReducedAngle, square: Local): Local {
  const series = v.polynomial(square, v.format.lanes === "f32x4" ? sinSingle : sinDouble);
  const cube = v.float("mul", remainder, square);
  if (tail === undefined) return v.multiplyAdd(cube, series, remainder);
  // The derivative 1 - r²/2 of the sine says how much of the tail arrives.
  const arriving = v.negativeMultiplyAdd(v.float("mul", square, v.number(0.5)), tail, tail);
  return v.float("add", remainder, v.multiplyAdd(cube, series, arriving));
}

/** cos(r + tail) for |r| <= pi/4: 1 - r²/2, with its rounding error given back, + r⁴·c(r²) - r·tail. */
function smallCosine(v: VectorCode, { remainder, tail }: ReducedAngle, square: Local): Local {
  const one = v.number(1);
  const fourth = v.float("mul", square, square);
  const series = v.polynomial(square, v.format.lanes === "f32x4" ? cosSingle : cosDouble);
  const halfSquare = v.float("mul", square, v.number(0.5));
  const leading = v.float("sub", one, halfSquare);
  const lost = v.float("sub", v.float("sub", one, leading), halfSquare);
  const low = tail === undefined ? lost : v.negativeMultiplyAdd(remainder, tail, lost);
  return v.float("add", leading, v.multiplyAdd(fourth, series, low));
}

/**
 * sin x, or cos x as the sine one quadrant further on; NaN for infinite x.
 *
 * Vectors with an angle beyond 1.5e6 in size are given to the host lane by lane, so that the result is never silently wrong.
 *
 * @see Cody and Waite, "Software Manual for the Elementary Functions", 1980, chapter 8, for the reduction by pi/2 in parts
 */
export function trigonometric(v: VectorCode, name: "sin" | "cos", x: Local): Local {
  const reduced = v.format.lanes === "f32x4" ? reduceSingle(v, x) : reduceDouble(v, x);
  const square = v.float("mul", reduced.remainder, reduced.remainder);
  const sine = smallSine(v, reduced, square);
  const cosine = smallCosine(v, reduced, square);
  const signBit = v.format.lanes === "f32x4" ? 31 : 63;
  const quadrant = name === "sin" ? reduced.quadrant : v.integers("add", reduced.quadrant, v.integer(1));
  const odd = v.bits("and", quadrant, v.integer(1));
  const oddMask = v.integers("gt_s", odd, v.integer(0));
  const chosen = v.select(oddMask, cosine, sine);
  // Bit 1 of the quadrant is the sign.
  const sign = v.integers("shl", v.integers("shr_u", quadrant, 1), signBit);
  const result = v.bits("xor", chosen, sign);
  if (name === "sin") v.assign(result, v.select(v.float("eq", x, v.number(0)), x, result));
  const large = v.float("gt", v.float("abs", x), v.number(largestAngle));
  v.whenAny(large, () => { v.assign(result, applyHost(v, name, [x])); });
  return result;
}
