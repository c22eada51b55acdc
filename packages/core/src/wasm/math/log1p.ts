import type { Local } from "../types.ts";
import { logarithm } from "./logarithm.ts";
import type { VectorCode } from "./vector-code.ts";

/**
 * ln(1 + x), accurate also near 0.
 *
 * u = 1 + x is rounded; what the rounding lost, c = (1 + x) - u, comes back as ln(u + c) = ln u + c/u.
 */
export function log1p(v: VectorCode, x: Local): Local {
  const one = v.number(1);
  const u = v.float("add", x, one);
  // The lost part is exact when the smaller of 1 and x is compared with what u has kept of it.
  const lostSmall = v.float("sub", x, v.float("sub", u, one));
  const lostLarge = v.float("sub", one, v.float("sub", u, x));
  const lost = v.select(v.float("lt", x, one), lostSmall, lostLarge);
  const result = logarithm(v, u, v.float("div", lost, u));
  // Where 1 + x rounds to 1, x itself is the answer, with its sign of zero.
  return v.select(v.float("eq", u, one), x, result);
}
