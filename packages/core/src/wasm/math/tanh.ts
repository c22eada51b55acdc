import type { Local } from "../types.ts";
import { tanhDouble, tanhSingle } from "./coefficients.ts";
import type { VectorCode } from "./vector-code.ts";

/**
 * tanh x = z/(1 + z²/4) with z = 2 tanh(x/2), the formula of the double angle.
 *
 * z is x + x³ h(x²) with a ratio of polynomials h. What it is off counts only 1/cosh(x) times in the result, so that h is short, and beyond
 * the bound the result is 1. The quotient is written as z - z·s/(4 + s) with s = z²: so a small x loses nothing in it.
 */
export function tanh(v: VectorCode, x: Local): Local {
  const single = v.format.lanes === "f32x4";
  const [numerator, denominator] = single ? tanhSingle : tanhDouble;
  // The sign is put back at the end: differences would make +0 of -0.
  const size = v.float("abs", x);
  const sign = v.bits("xor", size, x);
  // pmin keeps a NaN that is its first operand.
  const bounded = v.float("pmin", size, v.number(single ? 10.3 : 19.6));
  const square = v.float("mul", bounded, bounded);
  const ratio = v.float("div", v.polynomial(square, numerator), v.polynomial(square, denominator));
  const z = v.multiplyAdd(v.float("mul", bounded, square), ratio, bounded);
  const share = v.float("div", v.float("mul", z, z), v.multiplyAdd(z, z, v.number(4)));
  return v.bits("or", v.negativeMultiplyAdd(z, share, z), sign);
}
