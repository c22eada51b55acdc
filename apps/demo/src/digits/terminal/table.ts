import Table from "cli-table3";
import type { RunRecord } from "../run-record.ts";
import { finalLoss, stepsPerSecond } from "../run-record.ts";
import type { Terminal } from "../../terminal/console-style.ts";
import { formatCount, formatLoss, formatPercent, formatSeconds } from "../../terminal/format.ts";

const HEAD = ["optimizer", "learning rate", "final loss", "test accuracy", "time", "steps/s"];

/** The closing table: one row for each optimizer, the best test accuracy in bold. */
export function resultTable(terminal: Terminal, runs: readonly RunRecord[], stepsPerEpoch: number): string {
  const best = Math.max(...runs.map((run) => run.testAccuracy).filter(Number.isFinite));
  const table = new Table({
    head: HEAD.map((title) => terminal.dim(title)),
    colAligns: ["left", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  runs.forEach((run, index) => {
    const accuracy = formatPercent(run.testAccuracy);
    const status = run.status === "completed" ? "" : ` (${run.status.replace("-", " ")})`;
    table.push([
      terminal.series(index)(run.name) + status,
      String(run.learningRate),
      formatLoss(finalLoss(run, stepsPerEpoch)),
      run.testAccuracy === best ? terminal.bold(accuracy) : accuracy,
      formatSeconds(run.seconds),
      formatCount(stepsPerSecond(run)),
    ]);
  });
  return table.toString();
}
