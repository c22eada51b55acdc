import type { Schedule } from "@opt/core";
import { describe, expect, it } from "vitest";
import { describeSchedule } from "../src/index.ts";
import type { ScheduleCapabilities, ScheduleLaw } from "../src/schedule-contract.ts";
import { scheduleLaws } from "../src/schedule-contract.ts";

describeSchedule("halving", () => (step) => 0.5 ** step, { maximum: 1, direction: "falling" });
describeSchedule("rising", () => (step) => 1 - 1 / (1 + step), { maximum: 1, direction: "rising", steps: 50 });

async function holds(law: ScheduleLaw, make: () => Schedule, capabilities?: ScheduleCapabilities): Promise<boolean> {
  const test = scheduleLaws(make, capabilities).find(([name]) => name === law)?.[1];
  if (test === undefined) throw new Error(`no law "${law}"`);
  try {
    await test();
    return true;
  } catch {
    return false;
  }
}

describe("the contract of schedules catches", () => {
  it("values out of bounds, at once or later", async () => {
    expect(await holds("stays within its bounds", () => (step) => 1 - step / 100)).toBe(false);
    expect(await holds("goes on after its last step", () => (step) => (step > 300 ? Number.NaN : 1))).toBe(false);
  });

  it("a schedule with a memory", async () => {
    const remembering = (): Schedule => {
      let value = 1;
      return () => (value *= 0.9);
    };
    expect(await holds("gives the same value for a step in any order", remembering)).toBe(false);
  });

  it("a schedule that is made differently each time", async () => {
    let made = 0;
    const counting = (): Schedule => {
      made++;
      const offset = made;
      return () => offset;
    };
    expect(await holds("is made the same twice", counting)).toBe(false);
  });

  it("a wrong direction", async () => {
    expect(await holds("moves in one direction", () => (step) => step, { direction: "falling" })).toBe(false);
  });
});
