import { fromArray, key, randomNormal } from "@opt/core";
import { describe, expect, it } from "vitest";
import { drawLandscapes } from "../../src/chapter/continuation/landscapes.ts";

describe("rugged landscapes", () => {
  it("know their blur in closed form", () => {
    const { values } = drawLandscapes(key(1), { landscapes: 1, dimensions: 2 });
    const [sigma, samples] = [0.5, 20_000];
    const at = fromArray(Float64Array.of(0.7, -1.1), [1, 1, 2]);
    const around = at.add(randomNormal(key(2), [1, samples, 2], { dtype: "f64", standardDeviation: sigma }));
    // The blurred bowl lies ½ σ² higher for each dimension, which the closed form leaves out.
    const expected = values(at, sigma).item() + sigma ** 2;
    // 12 waves of amplitude 1 and the bowl vary by less than 4 here, so four standard errors are below 0.12.
    expect(Math.abs(values(around, 0).mean().item() - expected)).toBeLessThan(0.12);
  });

  it("find the lowest point of a grid", () => {
    const { values, drawStarts, lowestOnGrid } = drawLandscapes(key(3), { landscapes: 4, dimensions: 2 });
    const lowest = values(lowestOnGrid(0.1), 0).readSync();
    const elsewhere = values(drawStarts(key(4), 500), 0).readSync();
    // A grid point lies within 0.07 of every point, where the loss can be lower only a little.
    elsewhere.forEach((value, index) => {
      expect(value).toBeGreaterThan(lowest[Math.floor(index / 500)]! - 0.5);
    });
  });
});
