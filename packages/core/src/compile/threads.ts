import { fail } from "../errors.ts";
import { describeValue } from "../options.ts";

let threads = 1;

/** Checks a number of threads; `where` says what was given it. */
export function checkThreads(where: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 16) return value;
  return fail("option", `${where}: must be an integer from 1 to 16; got ${describeValue(value)}.`);
}

/** How many threads may share the work of what does not say so itself. */
export function defaultThreads(): number {
  return threads;
}

/**
 * Sets how many threads may share the work of functions that are traced from now on, unless `compile` is told otherwise. Results
 * are the same bits with any number; threads are used only where they are measured to be faster.
 *
 * @param count - An integer from 1 to 16; 1, the default, starts no threads.
 * @throws OptError `option` for any other number.
 *
 * @example
 * ```ts
 * import { compile, matmul, ones, setThreads } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * setThreads(2);
 * const square = compile((x: Tensor) => matmul(x, x));
 * square(ones([4, 4])).readSync()[0]; // 4
 * setThreads(1);
 * ```
 */
export function setThreads(count: number): void {
  threads = checkThreads("setThreads(count)", count);
}
