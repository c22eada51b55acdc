import { foldIn, key } from "@opt/core";
import { describe, expect, it } from "vitest";
import type { Findings } from "../../src/chapter/experiment.ts";
import { experiments } from "../../src/chapter/experiments.ts";

/** Those that take a second or two; the command line runs all of them. */
const FAST = ["ill-conditioning", "saddle-points", "long-term-dependencies", "momentum"];

async function run(name: string, seed: number): Promise<Findings> {
  const experiment = experiments.find((entry) => entry.name === name)!;
  return experiment.run({ key: foldIn(key(seed), experiment.number), signal: new AbortController().signal, progress: () => undefined });
}

describe("the experiments", () => {
  it("stand in the order of the book, each with a name of its own", () => {
    expect(experiments.map(({ number }) => number)).toEqual(experiments.map((_, index) => index + 1));
    expect(new Set(experiments.map(({ name }) => name)).size).toBe(experiments.length);
    for (const { name, section, title, paragraph, formula } of experiments) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/u);
      expect(section).toMatch(/^8\.\d(?:\.\d)?$/u);
      for (const text of [title, paragraph, formula]) expect(text).not.toBe("");
    }
  });

  // A seed that the command line does not use.
  it.each(FAST)("%s finds that its claims hold", async (name) => {
    const { claims, charts } = await run(name, 7);
    expect(claims.filter(({ held }) => !held)).toEqual([]);
    expect(claims.length).toBeGreaterThan(0);
    for (const { series } of charts) {
      for (const { points } of series) expect(points.some(([x, y]) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
    }
  });

  it("find the same from the same key", async () => {
    expect(await run("long-term-dependencies", 3)).toEqual(await run("long-term-dependencies", 3));
  });

  it("reject with the signal's reason when they are aborted", async () => {
    const reason = new Error("enough");
    const experiment = experiments.find(({ name }) => name === "momentum")!;
    await expect(experiment.run({ key: key(1), signal: AbortSignal.abort(reason), progress: () => undefined })).rejects.toBe(reason);
  });
});
