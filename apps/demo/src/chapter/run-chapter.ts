import { foldIn, key } from "@opt/core";
import type { ExperimentResult } from "./chapter-record.ts";
import { NO_FINDINGS } from "./chapter-record.ts";
import type { Experiment } from "./experiment.ts";

/** Hears how the experiments advance. */
export interface ChapterDisplay {
  /** Called when an experiment begins and whenever it says how much is done, from 0 to 1. */
  progress(experiment: Experiment, share: number): void;
  /** Called with each experiment that was started, when it has ended. */
  ended(result: ExperimentResult): void;
}

/** Runs one experiment; whatever it throws becomes part of the result. */
async function runOne(experiment: Experiment, seed: number, signal: AbortSignal, display: ChapterDisplay): Promise<ExperimentResult> {
  const start = performance.now();
  const since = (): number => (performance.now() - start) / 1000;
  const progress = (share: number): void => {
    display.progress(experiment, share);
  };
  progress(0);
  try {
    // Its own key: an experiment finds the same, whichever others run.
    const findings = await experiment.run({ key: foldIn(key(seed), experiment.number), signal, progress });
    return { experiment, status: "completed", message: "", seconds: since(), findings };
  } catch (error) {
    if (signal.aborted) return { experiment, status: "interrupted", message: "interrupted", seconds: since(), findings: NO_FINDINGS };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { experiment, status: "failed", message, seconds: since(), findings: NO_FINDINGS };
  }
}

/**
 * Runs experiments one after the other, so that each has the machine for itself.
 *
 * @param experiments - what to run
 * @param seed - decides everything that is drawn by chance
 * @param signal - ends the experiment at hand; the others are then not started
 * @param display - hears what happens
 * @returns a result for each experiment; one that fails does not keep the others from running
 */
export async function runChapter(
  experiments: readonly Experiment[],
  seed: number,
  signal: AbortSignal,
  display: ChapterDisplay,
): Promise<ExperimentResult[]> {
  const results: ExperimentResult[] = [];
  for (const experiment of experiments) {
    if (signal.aborted) {
      results.push({ experiment, status: "not-started", message: "not started", seconds: 0, findings: NO_FINDINGS });
      continue;
    }
    const result = await runOne(experiment, seed, signal, display);
    display.ended(result);
    results.push(result);
  }
  return results;
}
