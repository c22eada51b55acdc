import { readFileSync } from "node:fs";
import type { Schedule } from "@opt/core";
import { constant, cosine, exponential, inverseTime, join, linear, piecewiseConstant, polynomial, warmup } from "@opt/schedules";
import { describeSchedule } from "@opt/testing";
import { describe, expect, it } from "vitest";

interface GoldenSchedule {
  readonly header: { readonly library: string; readonly options: unknown };
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

function golden(name: string): GoldenSchedule {
  const file = new URL(`../../../tooling/golden/data/schedule-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as GoldenSchedule;
}

const cases: Record<string, Schedule> = {
  constant: constant(0.3),
  linear: linear({ initial: 0.5, final: 0.005, steps: 100 }),
  "linear-rising": linear({ initial: 0.1, final: 0.9, steps: 37 }),
  "linear-book": linear({ initial: 0.5, final: 0.005, steps: 100 }),
  exponential: exponential({ initial: 0.5, decay: 0.8, steps: 20 }),
  "exponential-staircase": exponential({ initial: 0.5, decay: 0.8, steps: 20, staircase: true }),
  "exponential-minimum": exponential({ initial: 0.5, decay: 0.8, steps: 20, minimum: 0.1 }),
  cosine: cosine({ initial: 0.5, steps: 100 }),
  "cosine-final": cosine({ initial: 0.5, steps: 100, final: 0.05 }),
  "cosine-exponent": cosine({ initial: 0.5, steps: 100, final: 0.05, exponent: 2 }),
  "inverse-time": inverseTime({ initial: 0.5, decay: 0.1, steps: 10 }),
  "inverse-time-staircase": inverseTime({ initial: 0.5, decay: 0.1, steps: 10, staircase: true }),
  polynomial: polynomial({ initial: 0.5, final: 0.05, power: 2, steps: 100 }),
  "piecewise-constant": piecewiseConstant({ boundaries: [30, 60], values: [0.5, 0.25, 0.025] }),
  "warmup-cosine": warmup({ steps: 20, initial: 0.01, then: cosine({ initial: 0.5, steps: 100, final: 0.05 }) }),
  join: join([
    { schedule: constant(0.3), until: 10 },
    { schedule: linear({ initial: 0.3, final: 0.1, steps: 20 }), until: 30 },
    { schedule: exponential({ initial: 0.1, decay: 0.9, steps: 5 }) },
  ]),
};

describe("schedules against optax", () => {
  it.each(Object.entries(cases))("%s: the same value at every step", (name, schedule) => {
    const { steps, values } = golden(name);
    expect(steps.length).toBeGreaterThan(50);
    const distance = steps.map((step, index) => Math.abs(schedule(step) - values[index]!));
    expect(Math.max(...distance)).toBeLessThan(1e-12);
  });
});

const rising = ["linear-rising"];
const mixed = ["warmup-cosine"];

for (const [name, schedule] of Object.entries(cases)) {
  const direction = rising.includes(name) ? "rising" : "falling";
  describeSchedule(name, () => schedule, { maximum: 0.9, steps: 300, ...(mixed.includes(name) ? {} : { direction }) });
}
