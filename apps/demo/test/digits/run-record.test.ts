import { describe, expect, it } from "vitest";
import { finalLoss, hashLosses, stepsPerSecond } from "../../src/digits/run-record.ts";
import { missedRequirements } from "../../src/digits/requirements.ts";
import { bucketize, movingAverage } from "../../src/series.ts";
import { syntheticExperiment, syntheticRun } from "./synthetic-experiment.ts";

const run = syntheticRun("adam", 0);

describe("what is computed from a run", () => {
  it("takes the mean over the last epoch that was begun as the final loss", () => {
    expect(finalLoss({ ...run, losses: [8, 8, 2, 4] }, 2)).toBe(3);
    expect(finalLoss({ ...run, losses: [8, 8, 2] }, 2)).toBe(2);
    expect(finalLoss({ ...run, losses: [] }, 2)).toBeNaN();
  });

  it("counts steps per second", () => {
    expect(stepsPerSecond({ ...run, losses: [1, 1, 1], seconds: 1.5 })).toBe(2);
  });

  it("hashes losses bit for bit", () => {
    expect(hashLosses([0.1, 0.2])).toBe(hashLosses([0.1, 0.2]));
    expect(hashLosses([0.1 + 2 ** -56])).not.toBe(hashLosses([0.1]));
    expect(hashLosses([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("lists missed requirements, an accuracy that was never measured among them", () => {
    const experiment = syntheticExperiment({ runs: [{ ...run, name: "adam", testAccuracy: Number.NaN, seconds: 11 }] });
    expect(missedRequirements(experiment, { requireAccuracy: 0.975, requireSeconds: 10 })).toEqual([
      "adam: test accuracy must be at least 97.50 %; got –.",
      "adam: training may take at most 10.00 s; it took 11.00 s.",
    ]);
    expect(missedRequirements(syntheticExperiment(), {})).toEqual([]);
  });
});

describe("series", () => {
  it("cuts a curve into stretches with mean, lowest and highest", () => {
    expect(bucketize([1, 3, 5, 7, 10], 3)).toEqual([
      { step: 1.5, mean: 2, low: 1, high: 3 },
      { step: 3.5, mean: 6, low: 5, high: 7 },
      { step: 5, mean: 10, low: 10, high: 10 },
    ]);
  });

  it("leaves out what is not finite", () => {
    expect(bucketize([1, Number.NaN, Number.POSITIVE_INFINITY], 3)).toEqual([{ step: 1, mean: 1, low: 1, high: 1 }]);
  });

  it("smooths without a bias at the start", () => {
    const constant = movingAverage(0.9);
    for (const value of [4, 4, 4]) expect(constant(value)).toBeCloseTo(4, 12);
    const rising = movingAverage(0.5);
    expect([0, 1].map(rising)[1]).toBeCloseTo(2 / 3, 12);
  });
});
