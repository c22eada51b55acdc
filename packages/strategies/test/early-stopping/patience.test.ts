import { describe, expect, it } from "vitest";
import type { PatienceOptions, PatienceState } from "../../src/index.ts";
import { patienceRule } from "../../src/index.ts";

function after(options: PatienceOptions, values: readonly number[]): PatienceState {
  const rule = patienceRule(options);
  return values.reduce((state, value) => rule.observe(state, value), rule.init());
}

describe("patienceRule", () => {
  it("stops when so many values in a row have not beaten the best, and not one sooner", () => {
    const values = [5, 4, 6, 3, 3, 7, 4];
    expect(after({ patience: 3 }, values.slice(0, 6))).toEqual({ evaluations: 6, best: 3, bestEvaluation: 4, worse: 2, stop: false });
    expect(after({ patience: 3 }, values)).toEqual({ evaluations: 7, best: 3, bestEvaluation: 4, worse: 3, stop: true });
    expect(after({ patience: 1 }, [2, 2]).stop).toBe(true);
  });

  it("counts only improvements by more than the minimum", () => {
    expect(after({ patience: 2, minimumImprovement: 0.5 }, [2, 1.6, 1.5])).toMatchObject({ best: 2, bestEvaluation: 1, stop: true });
    expect(after({ patience: 2, minimumImprovement: 0.5 }, [2, 1.6, 1.4])).toMatchObject({ best: 1.4, bestEvaluation: 3, stop: false });
  });

  it("looks for the largest value with mode max", () => {
    expect(after({ patience: 2, mode: "max" }, [0.5, 0.9, 0.7, 0.9])).toMatchObject({ best: 0.9, bestEvaluation: 2, stop: true });
  });

  it("takes NaN for no improvement, and infinity for a number", () => {
    expect(after({ patience: 2 }, [Number.NaN, Number.NaN])).toMatchObject({ best: undefined, bestEvaluation: undefined, stop: true });
    expect(after({ patience: 2 }, [Number.POSITIVE_INFINITY, 1, Number.NaN])).toMatchObject({ best: 1, worse: 1, stop: false });
  });

  it("has a state of plain data", () => {
    const rule = patienceRule({ patience: 2 });
    const state = JSON.parse(JSON.stringify(rule.observe(rule.init(), 3))) as PatienceState;
    expect(rule.observe(state, 4)).toMatchObject({ best: 3, worse: 1 });
  });
});
