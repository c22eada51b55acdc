import { shownVerdict } from "./format.ts";
import type { Outcome } from "./outcome.ts";

/** All verdicts counted, and what falls short. */
export interface Summary {
  readonly reached: number;
  readonly bars: number;
  /** A line for each bar that is not reached, and for each row that failed. */
  readonly shortfalls: readonly string[];
  /** A line for each peer that took no part. */
  readonly skipped: readonly string[];
}

/** Counts what was reached. */
export function summarize(outcomes: readonly Outcome[], failures: readonly string[]): Summary {
  const verdicts = outcomes.flatMap((outcome) => outcome.verdicts.map((verdict) => ({ outcome, verdict })));
  const short = verdicts.filter(({ verdict }) => !verdict.reached);
  const different = outcomes.flatMap(({ row, name, failure }) => (failure === undefined ? [] : [`${row}, ${name}: ${failure}`]));
  const skipped = new Map(outcomes.flatMap((outcome) => Object.entries(outcome.skipped)));
  return {
    reached: verdicts.length - short.length,
    bars: verdicts.length,
    shortfalls: [...failures, ...different, ...short.map(({ outcome, verdict }) => `${outcome.row}, ${outcome.name}: ${shownVerdict(verdict)}`)],
    skipped: [...skipped].map(([name, reason]) => `${name} was skipped: ${reason}`),
  };
}
