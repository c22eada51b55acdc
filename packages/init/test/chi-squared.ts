/** The digamma function by recurrence and its asymptotic series; absolute error below 1e-12 for x > 0. */
function digamma(x: number): number {
  let value = 0;
  let at = x;
  for (; at < 10; at++) value -= 1 / at;
  const square = 1 / (at * at);
  return value + Math.log(at) - 1 / (2 * at) - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
}

/** E ln χ² with n degrees of freedom: ψ(n / 2) + ln 2. */
export function meanLogChiSquared(degrees: number): number {
  return digamma(degrees / 2) + Math.LN2;
}
