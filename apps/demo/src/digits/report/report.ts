import { escapeHtml, legendMarkup } from "../../report/markup.ts";
import { renderPage } from "../../report/page.ts";
import { figureMarkup } from "../../report/plot.ts";
import type { ExperimentRecord } from "../run-record.ts";
import { accuracyFigure, lossFigure } from "./figures.ts";
import { misreadGrids } from "./misread-grid.ts";
import { resultCards, resultTable } from "./results.ts";
import { DIGIT_STYLES } from "./style-sheet.ts";

function figures(experiment: ExperimentRecord): string {
  if (experiment.runs.every((run) => run.losses.length === 0)) return "";
  const legend = legendMarkup(experiment.runs.map(({ name }) => name));
  return `<div class="figures">
<section class="card">
<div class="head"><h2>Training loss</h2><div class="switch" role="radiogroup" aria-label="Loss axis">
<label><input type="radio" name="axis" id="axis-log" checked>log</label><label><input type="radio" name="axis" id="axis-linear">linear</label>
</div></div>
<div class="log">${figureMarkup(lossFigure(experiment, "log"))}</div>
<div class="linear">${figureMarkup(lossFigure(experiment, "linear"))}</div>
${legend}
</section>
<section class="card">
<div class="head"><h2>Test accuracy</h2></div>
${figureMarkup(accuracyFigure(experiment))}
${legend}
</section>
</div>`;
}

function settings(experiment: ExperimentRecord): string {
  const entries = experiment.settings.map(({ name, value }) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<section class="card"><div class="head"><h2>Settings</h2></div><dl>${entries.join("\n")}</dl></section>`;
}

function notes(experiment: ExperimentRecord): string[] {
  const lines = experiment.runs.filter((run) => run.message !== "").map((run) => `${run.name}: ${run.message}`);
  return experiment.interrupted ? ["This run was interrupted; the report shows what was reached.", ...lines] : lines;
}

/**
 * Writes an experiment as one HTML page that needs nothing else: styles, figures and digit images are inside it.
 *
 * @param experiment - what was run
 * @returns the text of the page
 */
export function htmlReport(experiment: ExperimentRecord): string {
  const body = `${resultCards(experiment)}
${figures(experiment)}
${resultTable(experiment)}
<section class="card">
<div class="head"><h2>Misread test digits</h2><small>what the network read, and what the digit is</small></div>
${misreadGrids(experiment)}
</section>
${settings(experiment)}`;
  return renderPage({
    ...experiment,
    notes: notes(experiment),
    styles: DIGIT_STYLES,
    body,
    footer: "Final loss: mean training loss over the last epoch. Lines: exponential moving average; bands: lowest to highest loss of the same steps.",
  });
}
