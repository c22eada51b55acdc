import type { ChapterRecord, ExperimentResult } from "../../src/chapter/chapter-record.ts";
import type { Experiment, Findings } from "../../src/chapter/experiment.ts";

/** Findings with every kind of series, a gap and points that have no place on a logarithmic axis. */
export const syntheticFindings: Findings = {
  claims: [
    { claim: "Errors fall with 1/√n.", measured: "slope -0.5 <of 3 runs>", held: true },
    { claim: "Noise makes no difference.", measured: "twice the error", held: false },
  ],
  charts: [
    {
      title: "Error & noise",
      x: { label: "n", scale: "log" },
      y: { label: "error", scale: "log" },
      series: [
        { name: "measured", points: [[1, 1], [10, 0.3], [100, 0.1]], style: "dots" },
        { name: "theory", points: Array.from({ length: 10_000 }, (_, index) => [index + 1, 1 / Math.sqrt(index + 1)] as const) },
        { name: "gaps", points: [[1, 2], [2, Number.NaN], [3, 0], [4, Number.POSITIVE_INFINITY], [5, 2]] },
      ],
    },
  ],
  numbers: [["runs", "3"]],
};

/** An experiment that is never part of the chapter. */
export function syntheticExperiment(changes: Partial<Experiment> = {}): Experiment {
  return {
    name: "synthetic",
    number: 1,
    section: "8.0",
    title: "Error < noise",
    paragraph: "What is shown & why.",
    formula: "<math><mi>x</mi></math>",
    run: async () => syntheticFindings,
    ...changes,
  };
}

/** The result of an experiment. */
export function syntheticResult(changes: Partial<ExperimentResult> = {}): ExperimentResult {
  return { experiment: syntheticExperiment(), status: "completed", message: "", seconds: 1.5, findings: syntheticFindings, ...changes };
}

/** A chapter of these results. */
export function syntheticChapter(results: readonly ExperimentResult[]): ChapterRecord {
  return { command: "npm run demo -- chapter", date: new Date("2026-01-02T03:04:05Z"), seed: 1, results };
}
