import Table from "cli-table3";
import colors from "picocolors";
import { shownFigure, shownRivals, shownVerdict } from "./format.ts";
import type { Outcome } from "./outcome.ts";
import type { Row } from "./row.ts";

/** A row's outcomes as a table; ratios say how many times as fast ours is. */
export function rowTable(outcomes: readonly Outcome[]): string {
  const table = new Table({ head: ["work", "ours", "ours is … as fast as", "must reach"], style: { head: [], border: [] } });
  for (const outcome of outcomes) {
    const verdicts = outcome.verdicts.map((verdict) => (verdict.reached ? colors.green : colors.red)(shownVerdict(verdict)));
    const failure = outcome.failure === undefined ? [] : [colors.red(outcome.failure)];
    table.push([outcome.name, shownFigure(outcome), shownRivals(outcome).join("\n"), [...failure, ...verdicts].join("\n")]);
  }
  return table.toString();
}

/** One line that the next one overwrites, where a person looks on. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${colors.dim(text)}`);
}

/** The names of the rows and what they measure. */
export function rowList(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.map(({ name, what }) => `${colors.bold(name.padEnd(width))}  ${what}`).join("\n");
}
