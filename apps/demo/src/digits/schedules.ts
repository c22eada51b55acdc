import type { Schedule } from "@opt/core";
import { constant, cosine, exponential, inverseTime, linear, warmup } from "@opt/schedules";

/** A schedule that the command line offers. */
interface ScheduleEntry {
  readonly description: string;
  /** Makes the schedule for a rate to begin with (or to reach, for warm-up) and the number of steps of the whole run. */
  readonly make: (rate: number, steps: number) => Schedule;
}

/** Share of the first rate that decaying schedules end with. */
const FINAL_SHARE = 0.01;
/** Share of the run that warms up. */
const WARM_UP_SHARE = 0.1;

/** A schedule that `--schedule` accepts. */
export type ScheduleName = "constant" | "linear" | "exponential" | "inverse-time" | "cosine" | "warm-up";

const SCHEDULES: Readonly<Record<ScheduleName, ScheduleEntry>> = {
  constant: {
    description: "the same rate throughout",
    make: (rate) => constant(rate),
  },
  linear: {
    description: "falls in a straight line to 1 % at the last step",
    make: (rate, steps) => linear({ initial: rate, final: rate * FINAL_SHARE, steps }),
  },
  exponential: {
    description: "falls by a constant factor per step, to 1 % at the last step",
    make: (rate, steps) => exponential({ initial: rate, decay: FINAL_SHARE, steps }),
  },
  "inverse-time": {
    description: "divides the rate by 1 + 9 t/T: a tenth at the last step",
    make: (rate, steps) => inverseTime({ initial: rate, decay: 9, steps }),
  },
  cosine: {
    description: "half a cosine wave down to zero at the last step",
    make: (rate, steps) => cosine({ initial: rate, steps }),
  },
  "warm-up": {
    description: "rises from zero over the first tenth, then half a cosine wave down to zero",
    make: (rate, steps) => {
      const rising = Math.max(1, Math.round(steps * WARM_UP_SHARE));
      return warmup({ steps: rising, then: cosine({ initial: rate, steps: Math.max(1, steps - rising) }) });
    },
  },
};

/** All of them, in the order of the help. */
export const SCHEDULE_NAMES: readonly ScheduleName[] = Object.keys(SCHEDULES) as ScheduleName[];

/** What a schedule does, in a few words. */
export function describeSchedule(name: ScheduleName): string {
  return SCHEDULES[name].description;
}

/**
 * Makes the learning rate of a run.
 *
 * @param name - which schedule
 * @param rate - the rate that it begins with, or that it rises to
 * @param steps - training steps of the whole run
 * @returns the rate as a function of the step
 */
export function makeSchedule(name: ScheduleName, rate: number, steps: number): Schedule {
  return SCHEDULES[name].make(rate, steps);
}
