import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local } from "../types.ts";
import { exponential } from "./exponential.ts";
import { VectorCode } from "./vector-code.ts";

/**
 * Pushes 1/(1 + e^-x), lane by lane.
 *
 * With e = e^-|x| it is 1/(1 + e) for x >= 0 and e/(1 + e) for x < 0, which keeps the relative accuracy for very negative x.
 */
export function sigmoid(w: FunctionWriter, lanes: FloatLanes, x: Local): void {
  const v = new VectorCode(w, lanes);
  const one = v.number(1);
  const e = exponential(v, v.unary("neg", v.unary("abs", x)));
  const numerator = v.select(v.float("lt", x, v.number(0)), e, one);
  const denominator = v.float("add", e, one);
  const quotient = v.float("div", numerator, denominator);
  // What 1 + e lost by rounding would cost up to one unit in the last place; the denominator is close enough to 1 to leave it out here.
  const lost = v.float("sub", e, v.float("sub", denominator, one));
  w.get(v.negativeMultiplyAdd(quotient, lost, quotient));
}
