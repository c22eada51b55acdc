import type { Key } from "@opt/core";

/** One claim of the book, and what the experiment found about it. */
export interface Claim {
  /** The book's claim, in one sentence. */
  readonly claim: string;
  /** What was measured, with numbers. */
  readonly measured: string;
  readonly held: boolean;
}

/** One named line, or cloud of dots, of a chart. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Joined points (the default) or dots. */
  readonly style?: "line" | "dots";
}

/** A chart as data: what is drawn, not how. Points that are not finite, and points ≤ 0 on a logarithmic axis, leave a gap. */
export interface Chart {
  readonly title: string;
  readonly x: { readonly label: string; readonly scale?: "linear" | "log" };
  readonly y: { readonly label: string; readonly scale?: "linear" | "log" };
  readonly series: readonly ChartSeries[];
}

/** What an experiment brings back. */
export interface Findings {
  readonly claims: readonly Claim[];
  readonly charts: readonly Chart[];
  /** Further numbers worth a row in the table, already written out. */
  readonly numbers: readonly (readonly [name: string, value: string])[];
}

/** What an experiment is given. */
export interface ExperimentContext {
  /** The only source of randomness: the same key, the same findings. */
  readonly key: Key;
  /** Aborted by Ctrl-C: the experiment should then reject soon, with the signal's reason (`signal.throwIfAborted()`). */
  readonly signal: AbortSignal;
  /** Says how much is done, from 0 to 1. */
  readonly progress: (share: number) => void;
}

/** One experiment of the chapter: a text to read, and a measurement that runs. */
export interface Experiment {
  /** In kebab-case, for `--only`. */
  readonly name: string;
  readonly number: number;
  /** The book's section, as in `8.2.1`. */
  readonly section: string;
  readonly title: string;
  /** What is shown and why it matters, in a few sentences of plain text. */
  readonly paragraph: string;
  /** The formula in question: a `<math>` element, or plain Unicode. */
  readonly formula: string;
  readonly run: (context: ExperimentContext) => Promise<Findings>;
}
