import type { ExperimentRecord } from "./run-record.ts";
import { formatPercent, formatSeconds } from "../terminal/format.ts";

/** What every optimizer must reach for the demo to succeed. */
export interface Requirements {
  /** Lowest test accuracy, from 0 to 1. */
  readonly requireAccuracy?: number;
  /** Longest training time, in seconds. */
  readonly requireSeconds?: number;
}

/** Lists what was not reached, as sentences; empty when all was. */
export function missedRequirements(experiment: ExperimentRecord, requirements: Requirements): string[] {
  const { requireAccuracy, requireSeconds } = requirements;
  return experiment.runs.flatMap((run) => {
    const missed: string[] = [];
    // Written so that NaN, never measured, counts as missed.
    if (requireAccuracy !== undefined && !(run.testAccuracy >= requireAccuracy)) {
      missed.push(`${run.name}: test accuracy must be at least ${formatPercent(requireAccuracy)}; got ${formatPercent(run.testAccuracy)}.`);
    }
    if (requireSeconds !== undefined && !(run.seconds <= requireSeconds)) {
      missed.push(`${run.name}: training may take at most ${formatSeconds(requireSeconds)}; it took ${formatSeconds(run.seconds)}.`);
    }
    return missed;
  });
}
