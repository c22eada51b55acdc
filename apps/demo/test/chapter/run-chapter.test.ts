import { describe, expect, it } from "vitest";
import { allHeld, describeTally, tally } from "../../src/chapter/chapter-record.ts";
import type { Experiment } from "../../src/chapter/experiment.ts";
import { runChapter } from "../../src/chapter/run-chapter.ts";
import { syntheticExperiment, syntheticFindings } from "./synthetic-chapter.ts";

const silent = { progress: () => undefined, ended: () => undefined };
const neverAborted = new AbortController().signal;

describe("running the chapter", () => {
  it("tells the display what happens, in order", async () => {
    const heard: string[] = [];
    const experiment = syntheticExperiment({
      run: async ({ progress }) => {
        progress(0.5);
        return syntheticFindings;
      },
    });
    await runChapter([experiment], 1, neverAborted, {
      progress: ({ name }, share) => heard.push(`${name} ${String(share)}`),
      ended: ({ status }) => heard.push(status),
    });
    expect(heard).toEqual(["synthetic 0", "synthetic 0.5", "completed"]);
  });

  it("gives an experiment the same key whichever others run, and another one for another seed", async () => {
    const keys: unknown[] = [];
    const remember = (number: number): Experiment =>
      syntheticExperiment({
        number,
        run: async ({ key }) => {
          keys.push(key);
          return syntheticFindings;
        },
      });
    await runChapter([remember(1), remember(2)], 1, neverAborted, silent);
    await runChapter([remember(2)], 1, neverAborted, silent);
    await runChapter([remember(2)], 2, neverAborted, silent);
    expect(keys[2]).toEqual(keys[1]);
    expect(keys[0]).not.toEqual(keys[1]);
    expect(keys[3]).not.toEqual(keys[1]);
  });

  it("goes on after an experiment that ends in an error, and counts it", async () => {
    const broken = syntheticExperiment({ run: async () => Promise.reject(new Error("no such thing")) });
    const results = await runChapter([broken, syntheticExperiment()], 1, neverAborted, silent);
    expect(results.map(({ status }) => status)).toEqual(["failed", "completed"]);
    expect(results[0]?.message).toContain("no such thing");
    expect(describeTally(tally(results))).toBe("1 of 2 claims held, 1 did not in 1 experiment. 1 experiment ended in an error.");
    expect(allHeld(tally(results))).toBe(false);
    expect(describeTally(tally([]))).toBe("No claim was measured.");
  });

  it("stops at an abort and keeps what was found", async () => {
    const controller = new AbortController();
    const aborting = syntheticExperiment({
      run: async ({ signal }) => {
        controller.abort();
        signal.throwIfAborted();
        return syntheticFindings;
      },
    });
    const results = await runChapter([syntheticExperiment(), aborting, syntheticExperiment()], 1, controller.signal, silent);
    expect(results.map(({ status }) => status)).toEqual(["completed", "interrupted", "not-started"]);
    expect(tally(results)).toMatchObject({ claims: 2, held: 1, interrupted: true });
  });

  it("has held only if every claim did", () => {
    expect(allHeld({ claims: 3, held: 3, completed: 1, failed: 0, interrupted: false })).toBe(true);
    expect(allHeld({ claims: 3, held: 2, completed: 1, failed: 0, interrupted: false })).toBe(false);
    expect(allHeld({ claims: 3, held: 3, completed: 1, failed: 1, interrupted: false })).toBe(false);
  });
});
