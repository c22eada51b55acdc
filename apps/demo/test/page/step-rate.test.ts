import { expect, it } from "vitest";
import { makeStepRate } from "../../src/page/browser/step-rate.ts";

it("the rate is that of the last second, and at first that since the start", () => {
  const rate = makeStepRate();
  expect(rate(10, 0.5)).toBe(20);
  expect(rate(20, 1)).toBe(20);
  // Now ten times as fast: half of the second that is looked back on, then all of it.
  expect(rate(120, 1.5)).toBe(110);
  expect(rate(220, 2)).toBe(200);
});
