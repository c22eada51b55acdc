import { checkNumber, checkOptions } from "@opt/core";
import type { Schedule } from "@opt/core";

/** Options of {@link linear}. */
export interface LinearOptions {
  /** The value ε₀ at step 0. */
  readonly initial: number;
  /** The value ε_τ from step τ on; for a learning rate the book suggests about 1 % of `initial`. */
  readonly final: number;
  /** τ, the number of steps from `initial` to `final`; an integer ≥ 1. */
  readonly steps: number;
}

/**
 * A straight line that stays at its end: `ε(k) = (1 − a)·ε₀ + a·ε_τ` with `a = min(k / τ, 1)`.
 *
 * @param options - See {@link LinearOptions}.
 * @returns The schedule.
 * @throws OptError `option` for a value out of range or an unknown option.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, equation 8.14. The same values as optax's `linear_schedule`.
 *
 * @example
 * ```ts
 * import { linear } from "@opt/schedules";
 *
 * const learningRate = linear({ initial: 0.1, final: 0.001, steps: 1000 });
 * learningRate(0); // 0.1
 * learningRate(5000); // 0.001
 * ```
 */
export function linear(options: LinearOptions): Schedule {
  checkOptions("linear", options, ["initial", "final", "steps"]);
  const initial = checkNumber("linear", "initial", options.initial);
  const final = checkNumber("linear", "final", options.final);
  const steps = checkNumber("linear", "steps", options.steps, { min: 1, integer: true });
  return (step) => {
    const fraction = Math.min(step / steps, 1);
    return (1 - fraction) * initial + fraction * final;
  };
}
