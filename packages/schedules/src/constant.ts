import { checkNumber } from "@opt/core";
import type { Schedule } from "@opt/core";

/**
 * The same value at every step: `ε(k) = value`.
 *
 * @param value - Any finite number.
 * @returns The schedule.
 * @throws OptError `option` when the value is not a finite number.
 *
 * @example
 * ```ts
 * import { constant } from "@opt/schedules";
 *
 * const learningRate = constant(0.1);
 * learningRate(1000); // 0.1
 * ```
 */
export function constant(value: number): Schedule {
  checkNumber("constant", "value", value);
  return () => value;
}
