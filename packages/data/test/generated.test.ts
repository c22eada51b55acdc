import { key } from "@opt/core";
import type { Dataset } from "@opt/data";
import { blobs, drawDigits, onlineStream, spirals, twoMoons } from "@opt/data";
import { describe, expect, it } from "vitest";

import { errorOf, numbered } from "./support.ts";

const point = (data: Dataset, index: number): [number, number] => [data.inputs[2 * index]!, data.inputs[2 * index + 1]!];
const indices = (data: Dataset): number[] => Array.from({ length: data.size }, (_, index) => index);

describe("generated points", () => {
  it("twoMoons: without noise every point lies on its half circle", () => {
    const data = twoMoons({ count: 101, key: key(1), noise: 0 });
    for (const index of indices(data)) {
      const [x, y] = point(data, index);
      const moon = data.targets[index] === 0 ? [x, y] : [1 - x, 0.5 - y];
      expect(Math.hypot(moon[0]!, moon[1]!)).toBeCloseTo(1, 6);
      expect(moon[1]).toBeGreaterThanOrEqual(-1e-6);
    }
    expect(data.targets.filter((label) => label === 1).length).toBe(50);
  });

  it("twoMoons: noise has the standard deviation that was asked for", () => {
    const data = twoMoons({ count: 20_000, key: key(2), noise: 0.05 });
    const offsets = indices(data).map((index) => {
      const [x, y] = point(data, index);
      return (data.targets[index] === 0 ? Math.hypot(x, y) : Math.hypot(1 - x, 0.5 - y)) - 1;
    });
    const deviation = Math.sqrt(offsets.reduce((sum, offset) => sum + offset * offset, 0) / data.size);
    expect(deviation).toBeGreaterThan(0.0485);
    expect(deviation).toBeLessThan(0.0525);
  });

  it("spirals: the angle follows the radius and the class", () => {
    const data = spirals({ count: 90, key: key(3), noise: 0, classes: 3, turns: 1.5 });
    for (const index of indices(data)) {
      const [x, y] = point(data, index);
      const radius = Math.hypot(x, y);
      const angle = 2 * Math.PI * (1.5 * radius + data.targets[index]! / 3);
      expect(x).toBeCloseTo(radius * Math.cos(angle), 5);
      expect(y).toBeCloseTo(radius * Math.sin(angle), 5);
    }
  });

  it("blobs: the means are the centers", () => {
    const data = blobs({ count: 8000, key: key(4), classes: 4, radius: 2, noise: 0.5 });
    for (let label = 0; label < 4; label++) {
      const members = indices(data).filter((index) => data.targets[index] === label);
      expect(members.length).toBe(2000);
      const mean = [0, 1].map((axis) => members.reduce((sum, index) => sum + data.inputs[2 * index + axis]!, 0) / 2000);
      // 4 standard errors: 4 · 0.5 / √2000 = 0.045
      expect(Math.abs(mean[0]! - 2 * Math.cos((Math.PI * label) / 2))).toBeLessThan(0.045);
      expect(Math.abs(mean[1]! - 2 * Math.sin((Math.PI * label) / 2))).toBeLessThan(0.045);
    }
  });

  it("the same key gives the same points, another key others", () => {
    for (const make of [twoMoons, spirals, blobs]) {
      expect(make({ count: 30, key: key(5) })).toEqual(make({ count: 30, key: key(5) }));
      expect(make({ count: 30, key: key(6) }).inputs).not.toEqual(make({ count: 30, key: key(5) }).inputs);
    }
  });

  it("refuses wrong options", async () => {
    expect(await errorOf(() => twoMoons({ count: 10 } as never))).toMatchInlineSnapshot(`"option: twoMoons({ key }): must be a key; got undefined. Use key(seed) of @opt/core."`);
    expect(await errorOf(() => spirals({ count: 10, key: key(1), classes: 1 }))).toMatchInlineSnapshot(`"option: spirals({ classes }): must be an integer ≥ 2; got 1."`);
    expect(await errorOf(() => blobs({ count: 10, key: key(1), noise: -1 }))).toMatchInlineSnapshot(`"option: blobs({ noise }): must be a number ≥ 0; got -1."`);
    expect(await errorOf(() => drawDigits({ count: 0, key: key(1) }))).toMatchInlineSnapshot(`"option: drawDigits({ count }): must be an integer ≥ 1; got 0."`);
    expect(await errorOf(() => drawDigits({ count: 10, key: key(1), width: 28 } as never))).toMatchInlineSnapshot(`"option: drawDigits({ width }): unknown option. Known options: count, key, size."`);
  });
});

describe("drawDigits", () => {
  const digits = drawDigits({ count: 4000, key: key(1) });
  const image = (data: Dataset, index: number) => data.inputs.subarray(784 * index, 784 * (index + 1));

  it("draws pixels in [0, 1]: dark paper, a plausible amount of ink, no ink cut off at the border as a rule", () => {
    expect(digits.inputs.every((pixel) => pixel >= 0 && pixel <= 1)).toBe(true);
    const inked = indices(digits).map((index) => image(digits, index).filter((pixel) => pixel > 0.5).length);
    expect(Math.min(...inked)).toBeGreaterThan(20);
    expect(Math.max(...inked)).toBeLessThan(784 * 0.45);
    const touching = indices(digits).filter((index) => image(digits, index).subarray(0, 28).some((pixel) => pixel > 0.5));
    expect(touching.length).toBeLessThan(0.05 * digits.size);
  });

  it("draws every digit equally often", () => {
    for (let digit = 0; digit < 10; digit++) {
      const count = digits.targets.filter((target) => target === digit).length;
      // 4000 draws: 400 expected, 4 standard deviations are 76.
      expect(Math.abs(count - 400)).toBeLessThan(76);
    }
  });

  it("draws digits that look like their class: the nearest of 3000 examples is mostly right, the nearest class mean less often", () => {
    const tests = indices(digits).slice(3900);
    const squared = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
      let sum = 0;
      for (let i = 0; i < 784; i++) sum += (a[i]! - b[i]!) ** 2;
      return sum;
    };
    const examples = indices(digits).slice(0, 3000).map((index) => ({ label: digits.targets[index]!, pixels: image(digits, index) }));
    const means = Array.from({ length: 10 }, (_, label) => {
      const members = examples.filter((example) => example.label === label);
      return { label, pixels: Array.from({ length: 784 }, (_, i) => members.reduce((sum, member) => sum + member.pixels[i]!, 0) / members.length) };
    });
    const accuracy = (candidates: readonly { label: number; pixels: ArrayLike<number> }[]): number =>
      tests.filter((index) => {
        const distances = candidates.map((candidate) => squared(candidate.pixels, image(digits, index)));
        return candidates[distances.indexOf(Math.min(...distances))]!.label === digits.targets[index];
      }).length / tests.length;
    expect(accuracy(examples)).toBeGreaterThan(0.88);
    expect(accuracy(means)).toBeLessThan(0.9);
  });

  it("draws digit i from the key and i alone, in any size", () => {
    const few = drawDigits({ count: 10, key: key(1) });
    expect(few.inputs).toEqual(digits.inputs.slice(0, 7840));
    expect(few.targets).toEqual(digits.targets.slice(0, 10));
    expect(drawDigits({ count: 10, key: key(2) }).inputs).not.toEqual(few.inputs);
    const small = drawDigits({ count: 10, key: key(1), size: 14 });
    expect([small.inputShape, small.inputs.length, small.targets]).toEqual([[196], 1960, few.targets]);
  });
});

describe("onlineStream", () => {
  it("never repeats an example and gives batch n the same whenever it is asked for", () => {
    const stream = onlineStream(twoMoons, { batchSize: 4, key: key(1) });
    const seen = new Set<string>();
    let walked = 0;
    for (const batch of stream) {
      if (walked < 3) expect(batch.inputs.readSync()).toEqual(stream.batch(walked).inputs.readSync());
      const values = batch.inputs.readSync();
      for (let row = 0; row < 4; row++) seen.add(`${values[2 * row] ?? ""},${values[2 * row + 1] ?? ""}`);
      walked += 1;
      if (walked === 200) break;
    }
    expect(seen.size).toBe(800);
  });

  it("serves epochs of fresh batches, one after another", () => {
    const stream = onlineStream(twoMoons, { batchSize: 4, key: key(1), batchesPerEpoch: 3 });
    const second = Array.from(stream.epoch(1), (batch) => batch.inputs.readSync());
    expect(second).toEqual([3, 4, 5].map((index) => stream.batch(index).inputs.readSync()));
  });

  it("refuses a generator that returns another number of examples, and missing options", async () => {
    expect(await errorOf(() => onlineStream(() => numbered(3), { batchSize: 4, key: key(1) }).batch(0))).toMatchInlineSnapshot(`"data: onlineStream(draw): must return the 4 examples that it was asked for; got 3."`);
    expect(await errorOf(() => onlineStream(numbered(3) as never, { batchSize: 4, key: key(1) }))).toMatchInlineSnapshot(`"option: onlineStream(draw): must be a function ({ count, key }) => Dataset; got an object with keys size, inputs, inputShape, targets, targetShape."`);
    expect(await errorOf(() => onlineStream(twoMoons, { batchSize: 4 } as never))).toMatchInlineSnapshot(`"option: onlineStream({ key }): must be a key; got undefined. Use key(seed) of @opt/core."`);
  });
});
