import { checkNumber, checkOptions } from "@opt/core";
import type { Schedule } from "@opt/core";

/** Options of {@link exponential}. */
export interface ExponentialOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** The factor by which the value changes in `steps` steps; > 0, below 1 to fall. */
  readonly decay: number;
  /** How many steps one factor `decay` takes; an integer ≥ 1. */
  readonly steps: number;
  /** Whether the value falls in steps, once every `steps`, instead of smoothly. Default false. */
  readonly staircase?: boolean;
  /** The value never falls below this. Default: no bound. */
  readonly minimum?: number;
}

/**
 * Exponential decay: `ε(k) = max(initial · decay^(k / steps), minimum)`, with `⌊k / steps⌋` as the exponent for a staircase.
 *
 * @param options - See {@link ExponentialOptions}.
 * @returns The schedule.
 * @throws OptError `option` for a value out of range or an unknown option.
 * @see optax's `exponential_decay` and Keras's `ExponentialDecay`, which give the same values.
 *
 * @example
 * ```ts
 * import { exponential } from "@opt/schedules";
 *
 * const learningRate = exponential({ initial: 0.1, decay: 0.5, steps: 1000, staircase: true });
 * learningRate(2500); // 0.025
 * ```
 */
export function exponential(options: ExponentialOptions): Schedule {
  checkOptions("exponential", options, ["initial", "decay", "steps", "staircase", "minimum"]);
  const initial = checkNumber("exponential", "initial", options.initial);
  const decay = checkNumber("exponential", "decay", options.decay, { above: 0 });
  const steps = checkNumber("exponential", "steps", options.steps, { min: 1, integer: true });
  const minimum = options.minimum === undefined ? -Infinity : checkNumber("exponential", "minimum", options.minimum);
  const staircase = options.staircase ?? false;
  return (step) => {
    const periods = staircase ? Math.floor(step / steps) : step / steps;
    return Math.max(initial * decay ** periods, minimum);
  };
}
