import { checkNumber } from "@opt/core";
import type { Search } from "../protocols.ts";

/**
 * Always the same step length: `x ← x + ε d`, whatever the value does.
 *
 * With `newton()` and length 1 it is the book's Algorithm 8.8, with `steepest()` gradient descent.
 *
 * @param length - The step length ε > 0.
 * @returns The search.
 * @throws OptError `option` for a length that is not positive.
 *
 * @example
 * ```ts
 * import { fixedStep, minimize, newton } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const parabola: PlainObjective = { value: ([x = 0]) => (x - 3) ** 2, gradient: ([x = 0]) => [2 * (x - 3)], hessian: () => [2] };
 * const { x, steps } = minimize(parabola, [10], { method: { direction: newton(), search: fixedStep(1) } });
 * x[0]; // 3
 * steps; // 1
 * ```
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 4.3.
 */
export function fixedStep(length: number): Search<null> {
  checkNumber("fixedStep", "length", length, { above: 0 });
  return {
    name: "fixedStep",
    gives: "any",
    evaluates: "value-and-gradient",
    needsDescent: false,
    start: () => ({ kind: "try", step: length, state: null }),
    next: (_state, trial) => (trial.finite ? { kind: "accept", trial } : { kind: "fail", reason: "non-finite" }),
  };
}
