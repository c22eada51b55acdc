import { checkNumber, checkOptions } from "@opt/core";
import type { Schedule } from "@opt/core";

/** Options of {@link cosine}. */
export interface CosineOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** The number of steps from `initial` to `final`; an integer ≥ 1. */
  readonly steps: number;
  /** The value from then on. Default 0. */
  readonly final?: number;
  /** The power of the cosine part; > 0. Default 1. */
  readonly exponent?: number;
}

/**
 * Half a cosine wave that stays at its end: `ε(k) = final + (initial − final) · (½ + ½ cos(π · min(k / steps, 1)))^exponent`.
 *
 * @param options - See {@link CosineOptions}.
 * @returns The schedule.
 * @throws OptError `option` for a value out of range or an unknown option.
 * @see Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, equation 5, without restarts. optax's
 * `cosine_decay_schedule` gives `final` as a fraction of `initial`, its `alpha`; here it is the value itself.
 *
 * @example
 * ```ts
 * import { cosine } from "@opt/schedules";
 *
 * const learningRate = cosine({ initial: 0.1, final: 0.001, steps: 10_000 });
 * learningRate(10_000); // 0.001
 * ```
 */
export function cosine(options: CosineOptions): Schedule {
  checkOptions("cosine", options, ["initial", "steps", "final", "exponent"]);
  const initial = checkNumber("cosine", "initial", options.initial);
  const steps = checkNumber("cosine", "steps", options.steps, { min: 1, integer: true });
  const final = checkNumber("cosine", "final", options.final ?? 0);
  const exponent = checkNumber("cosine", "exponent", options.exponent ?? 1, { above: 0 });
  return (step) => {
    const wave = 0.5 + 0.5 * Math.cos(Math.PI * Math.min(step / steps, 1));
    return final + (initial - final) * wave ** exponent;
  };
}
