import type { Schedule } from "@opt/core";
import { compile, scalar, tensor } from "@opt/core";
import { describe, expect } from "vitest";
import type { LawTest, Skips } from "./laws.ts";
import { runLaws } from "./laws.ts";

/** The laws of the contract. */
export type ScheduleLaw =
  | "stays within its bounds"
  | "gives the same value for a step in any order"
  | "is made the same twice"
  | "goes on after its last step"
  | "moves in one direction"
  | "works inside a compiled function";

/** What is known about a schedule. */
export interface ScheduleCapabilities {
  /** How many steps are looked at, from 0. Default 200. */
  readonly steps?: number;
  /** The least value. Default 0. */
  readonly minimum?: number;
  /** The largest value. Default infinity. */
  readonly maximum?: number;
  /** Whether it only falls or only rises. Default: neither is claimed. */
  readonly direction?: "falling" | "rising";
  /** Laws that do not hold, each with the reason why. */
  readonly skip?: Skips<ScheduleLaw>;
}

function* stepsBelow(count: number): Generator<number> {
  for (let step = 0; step < count; step++) yield step;
}

/** Every law with its test, for running them one by one. */
export function scheduleLaws(make: () => Schedule, capabilities: ScheduleCapabilities = {}): LawTest<ScheduleLaw>[] {
  const { steps = 200, minimum = 0, maximum = Number.POSITIVE_INFINITY, direction } = capabilities;
  const slack = 1e-12 * Math.max(1, Math.abs(minimum), Number.isFinite(maximum) ? Math.abs(maximum) : 1);
  const isWithin = (value: number): boolean => Number.isFinite(value) && value >= minimum - slack && value <= maximum + slack;
  const laws: LawTest<ScheduleLaw>[] = [
    ["stays within its bounds", () => {
      const schedule = make();
      const outside = [...stepsBelow(steps)].map((step) => ({ step, value: schedule(step) })).filter(({ value }) => !isWithin(value));
      expect(outside).toEqual([]);
    }],
    ["gives the same value for a step in any order", () => {
      const forward = make();
      const values = [...stepsBelow(steps)].map(forward);
      const backward = make();
      const reversed = [...stepsBelow(steps)].reverse().map(backward).reverse();
      expect(reversed).toEqual(values);
      expect([...stepsBelow(steps)].map(forward)).toEqual(values);
    }],
    ["is made the same twice", () => {
      expect([...stepsBelow(steps)].map(make())).toEqual([...stepsBelow(steps)].map(make()));
    }],
    ["goes on after its last step", () => {
      const schedule = make();
      for (const step of [steps, 10 * steps, 1e6, 1e9]) expect(isWithin(schedule(step)), `step ${step}: ${String(schedule(step))}`).toBe(true);
    }],
    ["works inside a compiled function", () => {
      const schedule = make();
      const scaled = compile((x: ReturnType<typeof tensor>, step: number) => x.mul(scalar(schedule, step)));
      for (const step of [0, 1, steps - 1]) {
        const x = tensor([1, -2], { dtype: "f64" });
        expect(Array.from(scaled(x, step).readSync())).toEqual([schedule(step), -2 * schedule(step)]);
      }
    }],
  ];
  if (direction !== undefined) {
    laws.push(["moves in one direction", () => {
      const schedule = make();
      const sign = direction === "rising" ? 1 : -1;
      const wrong = [...stepsBelow(steps)].filter((step) => sign * (schedule(step + 1) - schedule(step)) < -slack);
      expect(wrong).toEqual([]);
    }]);
  }
  return laws;
}

/**
 * Runs the contract of schedules over one of them: that it is a pure function of the step, finite and within its bounds at
 * every step and long after its last one, and works inside a compiled function.
 *
 * @param name - The name of the suite.
 * @param make - Makes the schedule.
 * @param capabilities - Its bounds and direction, and laws to skip with the reason why.
 *
 * @example
 * ```ts
 * import { describeSchedule } from "@opt/testing";
 *
 * describeSchedule("halving", () => (step) => 0.5 ** step, { maximum: 1, direction: "falling" });
 * ```
 */
export function describeSchedule(name: string, make: () => Schedule, capabilities: ScheduleCapabilities = {}): void {
  describe(`${name} keeps the contract of schedules`, () => {
    runLaws(scheduleLaws(make, capabilities), capabilities.skip);
  });
}
