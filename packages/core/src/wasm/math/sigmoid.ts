import type { Local } from "../types.ts";
import { exponential } from "./exponential.ts";
import type { VectorCode } from "./vector-code.ts";

/**
 * 1/(1 + e^-x).
 *
 * With e = e^-|x| it is 1/(1 + e) for x >= 0 and e/(1 + e) for x < 0, which keeps the relative accuracy for very negative x.
 */
export function sigmoid(v: VectorCode, x: Local): Local {
  const one = v.number(1);
  const e = exponential(v, v.float("neg", v.float("abs", x)), true);
  const numerator = v.select(v.float("lt", x, v.number(0)), e, one);
  const denominator = v.float("add", e, one);
  const quotient = v.float("div", numerator, denominator);
  // What 1 + e lost by rounding would cost up to one unit in the last place; the denominator is close enough to 1 to leave it out here.
  const lost = v.float("sub", e, v.float("sub", denominator, one));
  return v.negativeMultiplyAdd(quotient, lost, quotient);
}
