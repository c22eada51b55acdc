import type { Local } from "../types.ts";
import { ln2Double, ln2Single, logRatio, logSingle } from "./coefficients.ts";
import type { VectorCode } from "./vector-code.ts";

/** A positive normal number as 2^e·(1 + f) with sqrt(1/2) <= 1 + f <= sqrt(2). */
export interface SplitNumber {
  /** The exponent e, as floating-point number. */
  readonly exponent: Local;
  readonly fraction: Local;
}

/** Takes exponent and fraction of positive normal numbers out of their bits. */
export function splitNumber(v: VectorCode, x: Local): SplitNumber {
  const { mantissaBits, exponentBias, lanes } = v.format;
  // Bits of sqrt(1/2), cut to a few, so that the integer is exact in JavaScript.
  const lowest = lanes === "f32x4" ? 0x3f3504f3 : 0x3fe6a09e * 2 ** 32;
  const distance = v.integers("sub", x, v.integer(lowest));
  const exponentBits = v.bits("and", distance, v.integer(-(2 ** mantissaBits)));
  const mantissa = v.integers("sub", x, exponentBits);
  const fraction = v.float("sub", mantissa, v.number(1));
  if (lanes === "f32x4") {
    v.w.op("f32x4.convert_i32x4_s", v.integers("shr_s", distance, mantissaBits));
    return { exponent: v.keep(), fraction };
  }
  // There is no conversion from 64-bit integers: the biased exponent is put into the low bits of the rounding number.
  const biased = v.integers("shr_u", v.integers("add", distance, v.integer(exponentBias * 2 ** mantissaBits)), mantissaBits);
  const magic = v.number(v.format.roundingNumber);
  const exponent = v.float("sub", v.bits("or", biased, magic), v.number(v.format.roundingNumber + exponentBias));
  return { exponent, fraction };
}

/**
 * ln(2^e·(1 + f) + c·2^e) with a small correction c.
 *
 * Terms are added from the smallest to the largest; the product of e with the high part of ln 2 is exact.
 */
function logarithmOfSplit(v: VectorCode, { exponent, fraction }: SplitNumber, correction: Local | undefined): Local {
  const single = v.format.lanes === "f32x4";
  const [ln2High = 0, ln2Low = 0] = single ? ln2Single : ln2Double;
  const half = v.number(0.5);
  let low: Local;
  if (single) {
    const square = v.float("mul", fraction, fraction);
    const cubic = v.float("mul", v.float("mul", v.pairedPolynomial(fraction, square, logSingle), fraction), square);
    low = v.negativeMultiplyAdd(square, half, v.multiplyAdd(exponent, v.number(ln2Low), cubic));
    if (correction !== undefined) low = v.float("add", low, correction);
  } else {
    // ln(1 + f) = f - (f²/2 - s·(f²/2 + r)) with s = f/(2 + f): the series in s converges twice as fast.
    const s = v.float("div", fraction, v.float("add", fraction, v.number(2)));
    const z = v.float("mul", s, s);
    const r = v.float("mul", z, v.polynomial(z, logRatio));
    const halfSquare = v.float("mul", v.float("mul", fraction, half), fraction);
    let product = v.multiplyAdd(exponent, v.number(ln2Low), v.float("mul", s, v.float("add", halfSquare, r)));
    if (correction !== undefined) product = v.float("add", product, correction);
    low = v.float("sub", product, halfSquare);
  }
  return v.multiplyAdd(exponent, v.number(ln2High), v.float("add", fraction, low));
}

/**
 * ln x for every x: -infinity at 0, NaN below, infinity and NaN kept, subnormal numbers accurate.
 *
 * Everything but positive normal numbers is rare and treated behind a jump.
 *
 * @param correction - a small number to be added to the result, such as c/x where x stands for x + c
 * @see Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic", 1990, for the splitting of x
 */
export function logarithm(v: VectorCode, x: Local, correction?: Local): Local {
  const { mantissaBits, smallestNormal } = v.format;
  // x + 2^mantissaBits overflows to a negative integer from infinity on: one comparison finds all that is not positive, normal and finite.
  const unit = 2 ** mantissaBits;
  const unusual = v.integers("lt_s", v.integers("add", x, v.integer(unit)), v.integer(2 * unit));
  const scaled = v.w.local("v128");
  const result = v.w.local("v128");
  const subnormal = (): Local => v.float("lt", x, v.number(smallestNormal));
  v.assign(scaled, x);
  v.whenAny(unusual, () => {
    v.assign(scaled, v.select(subnormal(), v.float("mul", x, v.number(2 ** mantissaBits)), x));
  });
  v.assign(result, logarithmOfSplit(v, splitNumber(v, scaled), correction));
  v.whenAny(unusual, () => {
    const zero = v.number(0);
    const shifted = v.float("sub", result, v.number(mantissaBits * Math.LN2));
    const positive = v.select(subnormal(), shifted, result);
    const finite = v.select(v.float("lt", x, v.number(Infinity)), positive, x);
    const atZero = v.select(v.float("eq", x, zero), v.number(-Infinity), finite);
    v.assign(result, v.select(v.float("lt", x, zero), v.number(NaN), atZero));
  });
  return result;
}
