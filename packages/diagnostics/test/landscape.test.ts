import type { Tensor } from "@opt/core";
import { log, minimum, tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { lossAlongLine } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { doubles } from "./spectra.ts";

expect.extend(matchers);

describe("lossAlongLine", () => {
  const bowl = (x: Tensor, scale: Tensor): Tensor => x.mul(x).mul(scale).sum();

  it("is the parabola of a quadratic, beyond both points as well", () => {
    const { positions, losses, lowest, hills, monotone } = lossAlongLine(bowl, { start: -1, end: 2, count: 31 })(doubles([1, 0]), doubles([-1, 2]), doubles([1, 3]));
    expect(positions).toBeAllClose(Array.from({ length: 31 }, (_, index) => -1 + index / 10), { relative: 0, absolute: 1e-12 });
    expect(losses).toBeAllClose(positions.map((t) => (1 - 2 * t) ** 2 + 12 * t ** 2), { relative: 1e-12 });
    expect(lowest.position).toBeCloseTo(0.1, 12);
    expect(hills).toEqual([]);
    expect(monotone).toBe(false);
  });

  it("has no barrier on convex ground, and knows a way that only falls", () => {
    const { barrier, monotone, message } = lossAlongLine(bowl)(doubles([3, 1]), doubles([0, 0]), doubles([1, 1]));
    expect(barrier).toEqual({ position: 0, height: 0 });
    expect(monotone).toBe(true);
    expect(message).toBe("the loss never rises along the line.");
  });

  it("measures the barrier above the chord and the hills above their valleys", () => {
    // (x² − 1)² + x / 4 has valleys near ∓1 and a hill between them.
    const tilted = (x: Tensor): Tensor => x.mul(x).sub(1).pow(2).add(x.mul(0.25)).sum();
    const f = (x: number): number => (x * x - 1) ** 2 + 0.25 * x;
    const { barrier, hills, message } = lossAlongLine(tilted, { start: -0.5, end: 1.5, count: 401 })(doubles([-1]), doubles([1]));
    // At t = ½, where x = 0, the chord is at 0 and the loss at 1: (x² − 1)² is what it rises by, most at 0.
    expect(barrier!.position).toBeCloseTo(0.5, 12);
    expect(barrier!.height).toBeAllClose(1, { relative: 1e-12 });
    expect(hills).toHaveLength(1);
    // The stationary points are the roots of 4x³ − 4x + ¼: the hill at 0.06275, the higher valley at 0.96735.
    expect(hills[0]!.position).toBeCloseTo((1 + 0.06275) / 2, 2);
    expect(hills[0]!.height).toBeAllClose(f(0.06275) - f(0.96735), { relative: 1e-4 });
    expect(message).toMatch(/^1 hill on the way; the highest, at 0\.53, rises 0\.762 above the higher of the valleys beside it\. It rises 1 above the chord, most at 0\.5\.$/);
  });

  it("lists several hills with the height that has to be climbed", () => {
    // Losses by linear interpolation between the corners 0 3 1 5 2 on a line of five positions.
    const heights = [0, 3, 1, 5, 2];
    const zigzag = (x: Tensor): Tensor =>
      heights.reduce((total, height, corner) => total.add(tent(x.sub(corner)).mul(height)), x.mul(0)).sum();
    const tent = (distance: Tensor): Tensor => {
      const inside = distance.mul(distance).pow(0.5).neg().add(1);
      return inside.add(inside.mul(inside).pow(0.5)).mul(0.5);
    };
    const { hills } = lossAlongLine(zigzag, { count: 41 })(doubles([0]), doubles([4]));
    expect(hills.map(({ position }) => position)).toBeAllClose([0.25, 0.75], { relative: 1e-12 });
    expect(hills.map(({ loss }) => loss)).toBeAllClose([3, 5], { relative: 1e-12 });
    expect(hills.map(({ height }) => height)).toBeAllClose([2, 3], { relative: 1e-12 });
  });

  it("takes a plateau for one hill, at its first position", () => {
    // min(1, …) cuts the top of the hill off.
    const plateau = (x: Tensor): Tensor => minimum(x.mul(x).neg().add(2), 1).sum();
    const { hills } = lossAlongLine(plateau, { count: 5 })(doubles([-2]), doubles([2]));
    expect(hills).toEqual([{ position: 0.25, loss: 1, height: 3 }]);
  });

  it("shows losses that are no numbers as they are, and takes no barrier for low because of them", () => {
    const { losses, lowest, barrier, monotone, message } = lossAlongLine((x: Tensor) => log(x).sum(), { count: 5 })(doubles([-1]), doubles([3]));
    expect(losses).toBeAllClose([Number.NaN, -Infinity, 0, Math.log(2), Math.log(3)], { relative: 1e-12 });
    expect([lowest.position, lowest.loss, barrier, monotone]).toEqual([0.5, 0, undefined, false]);
    expect(message).toBe("no hill on the way. At 2 positions it is infinite or NaN.");
    expect(lossAlongLine((x: Tensor) => log(x).sum(), { count: 2 })(doubles([-1]), doubles([-2])).lowest).toEqual({ position: NaN, loss: NaN });
  });

  it("names mistakes", () => {
    expect(complaint(() => lossAlongLine(bowl, { count: 1 }))).toMatchInlineSnapshot(`"option: lossAlongLine({ count }): must be an integer ≥ 2; got 1."`);
    expect(complaint(() => lossAlongLine(bowl, { start: 1 }))).toMatchInlineSnapshot(`"option: lossAlongLine({ end }): must be a number > 1; got 1."`);
    expect(complaint(() => lossAlongLine((x: Tensor) => x.sum())(tensor([1]), 1 as never))).toMatchInlineSnapshot(`"tree: lossAlongLine: b must be a tensor; got 1. Wrap it: tensor(value)."`);
    expect(complaint(() => lossAlongLine(({ x }: { x: Tensor }) => x.sum())({ x: tensor([1]) }, { y: tensor([1]) } as never))).toMatchInlineSnapshot(`"tree: treeMap: the trees differ in structure at x: only one of them has it."`);
    expect(complaint(() => lossAlongLine((x: Tensor) => x.sum())(tensor([1, 2]), tensor([1, 2, 3])))).toMatchInlineSnapshot(`"shape: lossAlongLine: b must look like a, Tensor(f32[2]); got Tensor(f32[3])."`);
  });
});
