import { checkNumber, checkOptions } from "@opt/core";
import type { Schedule } from "@opt/core";

/** Options of {@link polynomial}. */
export interface PolynomialOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** The value from step `steps` on. Default 0. */
  readonly final?: number;
  /** The number of steps from `initial` to `final`; an integer ≥ 1. */
  readonly steps: number;
  /** The power of the remaining fraction; > 0. 1 is a straight line. */
  readonly power: number;
}

/**
 * A power of the remaining fraction: `ε(k) = final + (initial − final) · (1 − min(k / steps, 1))^power`.
 *
 * @param options - See {@link PolynomialOptions}.
 * @returns The schedule.
 * @throws OptError `option` for a value out of range or an unknown option.
 * @see optax's `polynomial_schedule` and Keras's `PolynomialDecay`, which give the same values.
 *
 * @example
 * ```ts
 * import { polynomial } from "@opt/schedules";
 *
 * const learningRate = polynomial({ initial: 0.1, steps: 1000, power: 2 });
 * learningRate(500); // 0.025
 * ```
 */
export function polynomial(options: PolynomialOptions): Schedule {
  checkOptions("polynomial", options, ["initial", "final", "steps", "power"]);
  const initial = checkNumber("polynomial", "initial", options.initial);
  const final = checkNumber("polynomial", "final", options.final ?? 0);
  const steps = checkNumber("polynomial", "steps", options.steps, { min: 1, integer: true });
  const power = checkNumber("polynomial", "power", options.power, { above: 0 });
  return (step) => final + (initial - final) * (1 - Math.min(step / steps, 1)) ** power;
}
