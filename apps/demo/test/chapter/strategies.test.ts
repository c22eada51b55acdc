import { foldIn, key } from "@opt/core";
import { describe, expect, it } from "vitest";
import type { Experiment } from "../../src/chapter/experiment.ts";
import { experiments } from "../../src/chapter/experiments.ts";

/** Those about strategies that take a second or two; the command line runs all of them. */
const FAST = ["coordinate-descent", "polyak-averaging", "greedy-pretraining", "continuation"];
const STRATEGIES = experiments.filter(({ section }) => section === "8.6" || section.startsWith("8.7."));

function named(name: string): Experiment {
  return experiments.find((entry) => entry.name === name)!;
}

describe("the experiments on second-order methods and strategies", () => {
  // A seed that the command line does not use.
  it.each(FAST)("%s finds that its claims hold", async (name) => {
    const experiment = named(name);
    const shares: number[] = [];
    const { claims } = await experiment.run({
      key: foldIn(key(7), experiment.number),
      signal: new AbortController().signal,
      progress: (share) => shares.push(share),
    });
    expect(claims.filter(({ held }) => !held)).toEqual([]);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  });

  it.each(STRATEGIES.map(({ name }) => name))("%s rejects with the signal's reason when it is aborted", async (name) => {
    const reason = new Error("enough");
    await expect(named(name).run({ key: key(1), signal: AbortSignal.abort(reason), progress: () => undefined })).rejects.toBe(reason);
  });
});
