import type { ExperimentRecord, RunRecord } from "../run-record.ts";
import { finalLoss, stepsPerSecond } from "../run-record.ts";
import { formatCount, formatLoss, formatPercent, formatSeconds } from "../../terminal/format.ts";
import { escapeHtml, seriesColor } from "../../report/markup.ts";

/** Column titles of the table, and how a row fills them after the name. */
const COLUMNS: readonly { title: string; cell: (run: RunRecord, stepsPerEpoch: number) => string }[] = [
  { title: "Test accuracy", cell: (run) => formatPercent(run.testAccuracy) },
  { title: "Final loss", cell: (run, stepsPerEpoch) => formatLoss(finalLoss(run, stepsPerEpoch)) },
  { title: "Training time", cell: (run) => formatSeconds(run.seconds) },
  { title: "Steps/s", cell: (run) => formatCount(stepsPerSecond(run)) },
  { title: "Steps", cell: (run) => formatCount(run.losses.length) },
  { title: "Learning rate", cell: (run) => String(run.learningRate) },
  { title: "Outcome", cell: (run) => run.status.replace("-", " ") },
];

/** The optimizers that share the highest test accuracy; none when there is nothing to compare. */
function bestRuns(runs: readonly RunRecord[]): RunRecord[] {
  const measured = runs.filter((run) => Number.isFinite(run.testAccuracy));
  const best = Math.max(...measured.map((run) => run.testAccuracy));
  return measured.length > 1 ? measured.filter((run) => run.testAccuracy === best) : [];
}

/** One card for each optimizer: its name, test accuracy, final loss and time. */
export function resultCards(experiment: ExperimentRecord): string {
  const best = bestRuns(experiment.runs);
  const cards = experiment.runs.map((run, index) => {
    const badge = best.includes(run) ? '<span class="badge">best</span>' : "";
    const loss = formatLoss(finalLoss(run, experiment.stepsPerEpoch));
    const details = run.status === "not-started" ? "not started" : `loss ${loss} · ${formatSeconds(run.seconds)}`;
    return `<div class="result" style="--series:${seriesColor(index)}">
<div class="name">${escapeHtml(run.name)}${badge}</div>
<div class="accuracy">${formatPercent(run.testAccuracy)}</div>
<div class="details">${details}</div>
</div>`;
  });
  return `<div class="results">${cards.join("\n")}</div>`;
}

/** All numbers as a table, the best optimizer's row in bold. */
export function resultTable(experiment: ExperimentRecord): string {
  const best = bestRuns(experiment.runs);
  const rows = experiment.runs.map((run, index) => {
    const cells = COLUMNS.map((column) => `<td>${column.cell(run, experiment.stepsPerEpoch)}</td>`).join("");
    const row = best.includes(run) ? '<tr class="best">' : "<tr>";
    return `${row}<td style="--series:${seriesColor(index)}"><span class="key"></span>${escapeHtml(run.name)}</td>${cells}</tr>`;
  });
  const head = ["Optimizer", ...COLUMNS.map((column) => column.title)].map((title) => `<th scope="col">${title}</th>`).join("");
  return `<section class="card"><div class="head"><h2>Results</h2></div><div class="scroll"><table>
<thead><tr>${head}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div></section>`;
}
