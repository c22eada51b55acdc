import { describe, expect, it } from "vitest";
import type { ScheduleName } from "../../src/digits/schedules.ts";
import { SCHEDULE_NAMES, makeSchedule } from "../../src/digits/schedules.ts";

const RATE = 0.5;
const STEPS = 200;

/** The rate at the first step, in the middle and at the end. */
const EXPECTED: Readonly<Record<ScheduleName, readonly [number, number, number]>> = {
  constant: [0.5, 0.5, 0.5],
  linear: [0.5, 0.2525, 0.005],
  exponential: [0.5, 0.05, 0.005],
  "inverse-time": [0.5, 0.5 / 5.5, 0.05],
  cosine: [0.5, 0.25, 0],
  "warm-up": [0, 0.25 * (1 + Math.cos((Math.PI * 80) / 180)), 0],
};

describe("schedules", () => {
  it.each(SCHEDULE_NAMES)("%s follows its description over a whole run", (name) => {
    const schedule = makeSchedule(name, RATE, STEPS);
    const [first, middle, last] = EXPECTED[name];
    expect(schedule(0)).toBeCloseTo(first, 12);
    expect(schedule(STEPS / 2)).toBeCloseTo(middle, 12);
    expect(schedule(STEPS)).toBeCloseTo(last, 12);
  });

  it.each(SCHEDULE_NAMES)("%s can be made for a run of one step", (name) => {
    expect(makeSchedule(name, RATE, 1)(0)).toBeGreaterThanOrEqual(0);
  });
});
