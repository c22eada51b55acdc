import { describe, expect, it } from "vitest";
import type { Pacing } from "../../src/index.ts";
import { exponentialPacing, fixedPacing, linearPacing, rootPacing, stepPacing } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

type Make = (options: { readonly start: number; readonly until?: number }) => Pacing;

/** Every pacing of the package. */
const pacings: Readonly<Record<string, Make>> = {
  fixedPacing,
  linearPacing,
  rootPacing,
  "rootPacing with power 7": (options) => rootPacing({ ...options, power: 7 }),
  exponentialPacing,
  stepPacing: (options) => stepPacing({ ...options, steps: 3 }),
};

for (const [name, make] of Object.entries(pacings)) {
  describe(name, () => {
    const grid = Array.from({ length: 1001 }, (_, index) => index / 1000);
    const options = [0.001, 0.1, 1 / 3, 0.5, 0.999, 1].flatMap((start) => [0.01, 1 / 3, 0.7, 1].map((until) => ({ start, until })));

    it("rises from start to 1, never falls, and never leaves [start, 1]", () => {
      for (const { start, until } of options) {
        const shares = grid.map(make({ start, until }));
        expect(shares[0]).toBeCloseTo(start, 14);
        // The first share may differ from start by a rounding.
        const falls = shares.findIndex((share, index) => share < (shares[index - 1] ?? start * (1 - 1e-15)));
        expect([falls, Math.max(...shares) <= 1]).toEqual([-1, true]);
      }
    });

    it("releases everything from `until` on, exactly, and at 1 without it", () => {
      for (const { start, until } of options) for (const progress of [until, (until + 1) / 2, 1]) expect(make({ start, until })(progress)).toBe(1);
      expect(make({ start: 0.3 })(1)).toBe(1);
    });

    it("says what is wrong with start and until", async () => {
      for (const start of [0, -1, 1.5, Number.NaN]) expect(await mistake(() => make({ start }))).toMatch(/^option: \w+Pacing\(\{ start \}\): must be in \(0, 1\]; got /);
      for (const until of [0, 1.5]) expect(await mistake(() => make({ start: 0.5, until }))).toMatch(/^option: \w+Pacing\(\{ until \}\): must be in \(0, 1\]; got /);
    });
  });
}

describe("pacings", () => {
  it("follow their formulas", () => {
    const shares = (pacing: Pacing): number[] => [0, 0.2, 0.4, 0.6].map(pacing);
    expect(shares(fixedPacing({ start: 0.2, until: 0.5 }))).toEqual([0.2, 0.2, 0.2, 1]);
    const close = (pacing: Pacing, expected: number[]): void => shares(pacing).forEach((share, index) => expect(share).toBeCloseTo(expected[index]!, 14));
    close(linearPacing({ start: 0.2, until: 0.8 }), [0.2, 0.4, 0.6, 0.8]);
    close(rootPacing({ start: 0.2, until: 0.8 }), [0.2, Math.sqrt(0.28), Math.sqrt(0.52), Math.sqrt(0.76)]);
    close(rootPacing({ start: 0.2, until: 0.8, power: 1 }), [0.2, 0.4, 0.6, 0.8]);
    close(exponentialPacing({ start: 0.0001, until: 0.8 }), [0.0001, 0.001, 0.01, 0.1]);
    close(stepPacing({ start: 0.2, steps: 2 }), [0.2, 0.2, 0.2, 0.6]);
  });

  it("say what is wrong", async () => {
    expect(await mistake(() => linearPacing({ start: 0 }))).toMatchInlineSnapshot(`"option: linearPacing({ start }): must be in (0, 1]; got 0."`);
    expect(await mistake(() => linearPacing({ start: 0.5, end: 1 } as never))).toMatchInlineSnapshot(`"option: linearPacing({ end }): unknown option. Known options: start, until."`);
    expect(await mistake(() => rootPacing({ start: 0.5, power: 0.5 }))).toMatchInlineSnapshot(`"option: rootPacing({ power }): must be a number ≥ 1; got 0.5."`);
    expect(await mistake(() => stepPacing({ start: 0.5, steps: 1.5 }))).toMatchInlineSnapshot(`"option: stepPacing({ steps }): must be an integer ≥ 1; got 1.5."`);
  });
});
