import { checkNumber, checkOptions } from "@opt/core";
import type { Schedule } from "@opt/core";

import { checkSchedule } from "./check-schedule.ts";

/** Options of {@link warmup}. */
export interface WarmupOptions {
  /** The length of the warm-up in steps; an integer ≥ 0. */
  readonly steps: number;
  /** The value at step 0. Default 0. */
  readonly initial?: number;
  /** The schedule to warm up to and go on with; it counts its own steps from 0 when the warm-up ends. */
  readonly then: Schedule;
}

/**
 * Rises in a straight line to the start of another schedule and goes on with it:
 * `ε(k) = (1 − a)·initial + a·then(0)` with `a = k / steps` while `k < steps`, and `then(k − steps)` afterwards.
 *
 * @param options - See {@link WarmupOptions}.
 * @returns The schedule.
 * @throws OptError `option` for a value out of range or an unknown option.
 * @see Goyal and others, "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section 2.2.
 *
 * @example
 * ```ts
 * import { cosine, warmup } from "@opt/schedules";
 *
 * const learningRate = warmup({ steps: 100, then: cosine({ initial: 0.1, steps: 900 }) });
 * learningRate(50); // 0.05
 * learningRate(1000); // 0
 * ```
 */
export function warmup(options: WarmupOptions): Schedule {
  checkOptions("warmup", options, ["steps", "initial", "then"]);
  const steps = checkNumber("warmup", "steps", options.steps, { min: 0, integer: true });
  const initial = checkNumber("warmup", "initial", options.initial ?? 0);
  const then = checkSchedule("warmup({ then })", options.then);
  const top = then(0);
  return (step) => {
    if (step >= steps) return then(step - steps);
    const fraction = step / steps;
    return (1 - fraction) * initial + fraction * top;
  };
}
