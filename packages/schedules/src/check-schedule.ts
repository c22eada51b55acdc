import { describeValue, fail } from "@opt/core";
import type { Schedule } from "@opt/core";

/** Returns a schedule that was given as an option, or throws OptError `option`; a bare number is the likely mistake. */
export function checkSchedule(where: string, value: unknown): Schedule {
  if (typeof value === "function") return value as Schedule;
  const remedy = typeof value === "number" ? ` Use constant(${value}) instead.` : "";
  return fail("option", `${where}: must be a schedule, a function (step) => number; got ${describeValue(value)}.${remedy}`);
}
