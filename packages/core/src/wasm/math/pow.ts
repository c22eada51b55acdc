import type { Local } from "../types.ts";
import { exp2Short, logRatioShort } from "./coefficients.ts";
import { narrow, widen } from "./halves.ts";
import { applyHost } from "./host-math.ts";
import { splitNumber } from "./logarithm.ts";
import { VectorCode } from "./vector-code.ts";

/** log2 a for a 32-bit number a >= 0 in a 64-bit lane, to about 50 bits; -infinity at 0, infinity and NaN kept. */
function log2OfSingle(v: VectorCode, a: Local): Local {
  const { exponent, fraction } = splitNumber(v, a);
  const s = v.float("div", fraction, v.float("add", fraction, v.number(2)));
  const z = v.float("mul", s, s);
  // ln((1 + s)/(1 - s)) = s·(2 + z·r(z))
  const series = v.multiplyAdd(z, v.polynomial(z, logRatioShort), v.number(2));
  const regular = v.multiplyAdd(v.float("mul", s, series), v.number(Math.LOG2E), exponent);
  const finite = v.select(v.float("lt", a, v.number(Infinity)), regular, a);
  return v.select(v.float("eq", a, v.number(0)), v.number(-Infinity), finite);
}

/** 2^t in 64-bit lanes, to about 34 bits; sizes beyond 2^±300 are cut, since they leave the 32-bit range anyway. */
function exp2ForSingle(v: VectorCode, t: Local): Local {
  const { exponentBias, mantissaBits, roundingNumber } = v.format;
  const bounded = v.float("pmax", v.float("pmin", t, v.number(300)), v.number(-300));
  const magic = v.number(roundingNumber + exponentBias);
  const integer = v.float("add", bounded, magic);
  const remainder = v.float("sub", bounded, v.float("sub", integer, magic));
  return v.float("mul", v.polynomial(remainder, exp2Short), v.integers("shl", integer, mantissaBits));
}

/** x^y in single precision through 2^(y·log2 |x|) in double precision, with the signs and exceptions of `Math.pow`. */
function singlePower(v: VectorCode, x: Local, y: Local): Local {
  const wide = new VectorCode(v.w, "f64x2");
  const size = v.float("abs", x);
  const bases = widen(v, size);
  const exponents = widen(v, y);
  const power = (base: Local, exponent: Local): Local => exp2ForSingle(wide, wide.float("mul", exponent, log2OfSingle(wide, base)));
  const magnitude = narrow(v, { low: power(bases.low, exponents.low), high: power(bases.high, exponents.high) });

  // A negative base: the sign stays if y is odd, and there is no real power if y is not an integer.
  const halfY = v.float("mul", y, v.number(0.5));
  const wholeY = v.float("eq", v.float("trunc", y), y);
  const odd = v.bits("and", wholeY, v.float("ne", v.float("trunc", halfY), halfY));
  const signed = v.bits("or", magnitude, v.bits("and", odd, v.bits("xor", x, size)));
  const zero = v.number(0);
  const negativeFinite = v.bits("and", v.float("lt", x, zero), v.float("gt", x, v.number(-Infinity)));
  const undefinedPower = v.bits("andnot", negativeFinite, wholeY);
  const real = v.bits("or", signed, undefinedPower);
  return v.select(v.float("eq", y, zero), v.number(1), real);
}

/**
 * x^y with the signs and exceptions of `Math.pow`: x^0 is 1 even for NaN, 1^±infinity is NaN.
 *
 * 64-bit lanes call the host's `Math.pow`, since their logarithm would need more than 64-bit precision.
 */
export function pow(v: VectorCode, x: Local, y: Local): Local {
  return v.format.lanes === "f32x4" ? singlePower(v, x, y) : applyHost(v, "pow", [x, y]);
}
