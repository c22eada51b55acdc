import type { Bar } from "./row.ts";

/** A bar and what was measured against it. */
export interface Verdict {
  readonly bar: Bar;
  /** Undefined when the peer was skipped. */
  readonly measured: number | undefined;
  readonly reached: boolean;
}

/** What a case of a row gave. */
export interface Outcome {
  readonly row: string;
  readonly name: string;
  /** Our figure with its unit. */
  readonly ours: { readonly value: number; readonly unit: string };
  /** Our time in seconds, where there is one. */
  readonly seconds?: number;
  /** The median over the rounds of each other contender's time divided by ours. */
  readonly ratios: Readonly<Record<string, number>>;
  /** The middle half of those ratios, as half its width relative to the median: how much to trust them. */
  readonly spread: Readonly<Record<string, number>>;
  /** Contenders that did not take part, and why. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Answers that were not equal, or a program that failed; then nothing counts as reached. */
  readonly failure?: string;
  readonly verdicts: readonly Verdict[];
}
