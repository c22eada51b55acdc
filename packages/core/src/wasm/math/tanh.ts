import type { Local } from "../types.ts";
import { tanhDouble, tanhSingle } from "./coefficients.ts";
import { reduceExponent, smallExpm1 } from "./exponential.ts";
import type { VectorCode } from "./vector-code.ts";

/** Below it an odd polynomial, above it 1 - 2/(e^(2x) + 1), of which the quotient is then less than 1/2. */
const boundary = 0.55;

/**
 * tanh x.
 *
 * Both formulas are computed for every lane and one is chosen; the sign is put back at the end, so that the result is exactly odd and
 * tanh(-0) is -0.
 */
export function tanh(v: VectorCode, x: Local): Local {
  const single = v.format.lanes === "f32x4";
  const size = v.float("abs", x);
  const sign = v.bits("xor", size, x);

  const square = v.float("mul", size, size);
  const cube = v.float("mul", square, size);
  const nearZero = v.multiplyAdd(v.polynomial(square, single ? tanhSingle : tanhDouble), cube, size);

  // Above the bound the result rounds to 1.
  const bounded = v.float("pmin", size, v.number(single ? 10 : 20));
  const { integer, remainder } = reduceExponent(v, v.float("add", bounded, bounded), v.format.exponentBias);
  const scale = v.integers("shl", integer, v.format.mantissaBits);
  const denominator = v.multiplyAdd(scale, smallExpm1(v, remainder), v.float("add", scale, v.number(1)));
  const farOut = v.float("sub", v.number(1), v.float("div", v.number(2), denominator));

  const isNear = v.float("lt", size, v.number(boundary));
  return v.bits("or", v.select(isNear, nearZero, farOut), sign);
}
