import type { Scalar, Schedule } from "@opt/core";
import { checkNumber, describeValue, fail, scalar } from "@opt/core";

/** A hyper-parameter: a constant, or a pure function of the step counted from 0. */
export type Rate = number | Schedule;

/**
 * Checks an option that is a constant or a schedule. A schedule's values are its own affair: it is not called here.
 *
 * @param where - The function that has the option, for the message.
 * @param name - The option's name.
 * @param value - What the user gave.
 * @returns The value, known to be a number ≥ 0 or a function.
 * @throws OptError `option` for anything else.
 */
export function checkRate(where: string, name: string, value: Rate): Rate {
  if (typeof value === "function") return value;
  if (typeof value === "number") return checkNumber(where, name, value, { min: 0 });
  return fail("option", `${where}({ ${name} }): must be a number ≥ 0 or a schedule (step) => number; got ${describeValue(value)}.`);
}

/** The value at a step: a constant as it is, a schedule evaluated on the host in float64. */
export function rateAt(rate: Rate, step: Scalar): Scalar {
  return typeof rate === "number" ? rate : scalar(rate, step);
}

/** The step after a step. */
export function nextStep(step: Scalar): Scalar {
  return scalar((count) => count + 1, step);
}
