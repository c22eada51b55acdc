import type { Local } from "../types.ts";
import { expDouble, expSingle, ln2Double, ln2Single } from "./coefficients.ts";
import type { VectorCode } from "./vector-code.ts";

/** x = n·ln 2 + r with |r| <= ln(2)/2. */
interface ReducedExponent {
  /** The integer n + `bias` in the lowest bits of each lane; the bits above hold what the rounding number left there. */
  readonly integer: Local;
  /** The remainder r. */
  readonly remainder: Local;
}

/**
 * Splits an exponent into a multiple of ln 2 and a remainder, without a conversion between floats and integers.
 *
 * Adding 1.5·2^23 + bias to x/ln 2 rounds it to an integer n and leaves n + bias in the low bits of the sum. ln 2 is subtracted in two
 * parts (Cody and Waite, 1980), so that r has a relative error of one rounding.
 */
function reduceExponent(v: VectorCode, x: Local, bias: number): ReducedExponent {
  const magic = v.number(v.format.roundingNumber + bias);
  const [ln2High = 0, ln2Low = 0] = v.format.lanes === "f32x4" ? ln2Single : ln2Double;
  const integer = v.multiplyAdd(x, v.number(Math.LOG2E), magic);
  const n = v.float("sub", integer, magic);
  const high = v.negativeMultiplyAdd(n, v.number(ln2High), x);
  return { integer, remainder: v.negativeMultiplyAdd(n, v.number(ln2Low), high) };
}

/** e^r - 1 for |r| <= ln(2)/2 as r + r²·q(r), accurate relative to e^r. */
function smallExpm1(v: VectorCode, remainder: Local): Local {
  const coefficients = v.format.lanes === "f32x4" ? expSingle : expDouble;
  const square = v.float("mul", remainder, remainder);
  return v.multiplyAdd(v.pairedPolynomial(remainder, square, coefficients), square, remainder);
}

/** Lifts 2^n of a negative exponent into the normal numbers of both formats. */
const lift = 64;

/**
 * e^x for every x: overflow gives infinity, underflow is gradual, NaN stays NaN.
 *
 * 2^n is applied as two factors, of which the first keeps all bits, so that the second product rounds once into the subnormal range: 2^(n/2)
 * and the rest, or, where no x is above 0, 2^(n + 64) and a constant.
 *
 * @see Cody and Waite, "Software Manual for the Elementary Functions", 1980, chapter 6
 */
export function exponential(v: VectorCode, x: Local, isNonPositive: boolean): Local {
  const { mantissaBits, exponentBias } = v.format;
  const single = v.format.lanes === "f32x4";
  // Beyond these bounds the result is infinite or 0. pmin and pmax keep a NaN that is their first operand.
  const below = isNonPositive ? x : v.float("pmin", x, v.number(single ? 90 : 711));
  const clamped = v.float("pmax", below, v.number(single ? -105 : -747));
  const { integer, remainder } = reduceExponent(v, clamped, exponentBias + (isNonPositive ? lift : exponentBias));
  const fraction = smallExpm1(v, remainder);
  // Both factors are made of biased exponents; shifting left drops all that the rounding number left above them.
  const half = isNonPositive ? integer : v.integers("shr_u", integer, 1);
  const first = v.integers("shl", half, mantissaBits);
  const second = isNonPositive ? v.number(2 ** -lift) : v.integers("shl", v.integers("sub", integer, half), mantissaBits);
  return v.float("mul", v.multiplyAdd(first, fraction, first), second);
}
