import type { Outcome, Verdict } from "./outcome.ts";
import type { Bar } from "./row.ts";

/** A number with three significant digits, or all digits before the point. */
export function shownNumber(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  return value.toFixed(Math.min(digits, 6));
}

/** Our figure. */
export function shownFigure({ ours: { value, unit } }: Outcome): string {
  return Number.isNaN(value) ? "not measured" : `${shownNumber(value)} ${unit}`;
}

/** `12.5 × TensorFlow.js (± 3 %)`, or why it did not take part. */
export function shownRivals({ ratios, spread, skipped }: Outcome): string[] {
  return [
    ...Object.entries(ratios).map(([name, ratio]) => `${shownNumber(ratio)} × ${name} (± ${String(Math.round(100 * (spread[name] ?? 0)))} %)`),
    ...Object.keys(skipped).map((name) => `${name}: skipped`),
  ];
}

/** What must be reached. */
export function shownBar(bar: Bar): string {
  if ("figure" in bar) return `≤ ${String(bar.atMost)} ${bar.figure}`;
  return "atLeast" in bar ? `≥ ${String(bar.atLeast)} × ${bar.than}` : `≤ ${String(bar.atMost)} × the time of ${bar.than}`;
}

/** What was reached, in the words of the bar. */
export function shownVerdict({ bar, measured, reached }: Verdict): string {
  return `${reached ? "✓" : "✗"} ${shownBar(bar)}: ${measured === undefined ? "not measured" : shownNumber(measured)}`;
}
