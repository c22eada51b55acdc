import type { Tensor } from "@opt/core";
import { exp, greater, log1p, where } from "@opt/core";

/**
 * The two parts of `ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|)`, neither of which overflows.
 *
 * |x| and max(x, 0) have no derivative at 0, yet their sum here has, and zero logits are common: a zeroed last layer gives
 * nothing else. Both parts therefore branch on one predicate, so that the parts' derivatives, of any order, belong together.
 */
export function softplusParts(x: Tensor): { linear: Tensor; remainder: Tensor } {
  const positive = greater(x, 0);
  const minusMagnitude = where(positive, x.neg(), x);
  return { linear: where(positive, x, 0), remainder: log1p(exp(minusMagnitude)) };
}
