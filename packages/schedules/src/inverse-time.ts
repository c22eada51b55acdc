import { checkNumber, checkOptions } from "@opt/core";
import type { Schedule } from "@opt/core";

/** Options of {@link inverseTime}. */
export interface InverseTimeOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** How fast the denominator grows; ≥ 0. After `steps / decay` steps the value has halved. */
  readonly decay: number;
  /** The unit of time in steps; an integer ≥ 1. Default 1. */
  readonly steps?: number;
  /** Whether time moves only once every `steps`. Default false. */
  readonly staircase?: boolean;
}

/**
 * Decay with the inverse of time: `ε(k) = initial / (1 + decay · k / steps)`, with `⌊k / steps⌋` for a staircase.
 *
 * Its sum diverges and the sum of its squares converges: what stochastic approximation asks of a learning rate.
 *
 * @param options - See {@link InverseTimeOptions}.
 * @returns The schedule.
 * @throws OptError `option` for a value out of range or an unknown option.
 * @see Robbins and Monro, "A stochastic approximation method", 1951; Goodfellow, Bengio and Courville, Deep Learning, 2016, equations
 * 8.12 and 8.13. Keras's `InverseTimeDecay` gives the same values.
 *
 * @example
 * ```ts
 * import { inverseTime } from "@opt/schedules";
 *
 * const learningRate = inverseTime({ initial: 0.1, decay: 0.01 });
 * learningRate(100); // 0.05
 * ```
 */
export function inverseTime(options: InverseTimeOptions): Schedule {
  checkOptions("inverseTime", options, ["initial", "decay", "steps", "staircase"]);
  const initial = checkNumber("inverseTime", "initial", options.initial);
  const decay = checkNumber("inverseTime", "decay", options.decay, { min: 0 });
  const steps = checkNumber("inverseTime", "steps", options.steps ?? 1, { min: 1, integer: true });
  const staircase = options.staircase ?? false;
  return (step) => {
    const periods = staircase ? Math.floor(step / steps) : step / steps;
    return initial / (1 + decay * periods);
  };
}
