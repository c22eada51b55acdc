import type { ExperimentRecord } from "../run-record.ts";
import type { Figure } from "./figures.ts";
import { accuracyFigure, lossFigure } from "./figures.ts";
import { escapeHtml, seriesColor } from "./markup.ts";
import { misreadGrids } from "./misread-grid.ts";
import { resultCards, resultTable } from "./results.ts";
import { STYLE_SHEET } from "./style-sheet.ts";

/** Nothing may be fetched: the report shows only what is inside it. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function legend(experiment: ExperimentRecord): string {
  const entries = experiment.runs.map(
    (run, index) => `<li style="--series:${seriesColor(index)}"><span class="key"></span>${escapeHtml(run.name)}</li>`,
  );
  return `<ul class="legend">${entries.join("")}</ul>`;
}

function sizes(figure: Figure): string {
  return `<div class="wide">${figure.wide}</div><div class="narrow">${figure.narrow}</div>`;
}

function figures(experiment: ExperimentRecord): string {
  if (experiment.runs.every((run) => run.losses.length === 0)) return "";
  return `<div class="figures">
<section class="card">
<div class="head"><h2>Training loss</h2><div class="switch" role="radiogroup" aria-label="Loss axis">
<label><input type="radio" name="axis" id="axis-log" checked>log</label><label><input type="radio" name="axis" id="axis-linear">linear</label>
</div></div>
<div class="log">${sizes(lossFigure(experiment, "log"))}</div>
<div class="linear">${sizes(lossFigure(experiment, "linear"))}</div>
${legend(experiment)}
</section>
<section class="card">
<div class="head"><h2>Test accuracy</h2></div>
${sizes(accuracyFigure(experiment))}
${legend(experiment)}
</section>
</div>`;
}

function settings(experiment: ExperimentRecord): string {
  const entries = experiment.settings.map(({ name, value }) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<section class="card"><div class="head"><h2>Settings</h2></div><dl>${entries.join("\n")}</dl></section>`;
}

function notes(experiment: ExperimentRecord): string {
  const lines = experiment.runs.filter((run) => run.message !== "").map((run) => `${run.name}: ${run.message}`);
  if (experiment.interrupted) lines.unshift("This run was interrupted; the report shows what was reached.");
  if (lines.length === 0) return "";
  return `<div class="note">${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("")}</div>`;
}

/**
 * Writes an experiment as one HTML page that needs nothing else: styles, figures and digit images are inside it.
 *
 * @param experiment - what was run
 * @returns the text of the page
 */
export function htmlReport(experiment: ExperimentRecord): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<title>${escapeHtml(experiment.title)}</title>
<style>${STYLE_SHEET}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(experiment.title)}</h1>
<p>${escapeHtml(experiment.summary)}</p>
${notes(experiment)}
</header>
${resultCards(experiment)}
${figures(experiment)}
${resultTable(experiment)}
<section class="card">
<div class="head"><h2>Misread test digits</h2><small>what the network read, and what the digit is</small></div>
${misreadGrids(experiment)}
</section>
${settings(experiment)}
<footer>
<p>Final loss: mean training loss over the last epoch. Lines: exponential moving average; bands: lowest to highest loss of the same steps.</p>
<p>Made on ${escapeHtml(experiment.date.toISOString().slice(0, 16).replace("T", " "))} UTC by <code>${escapeHtml(experiment.command)}</code></p>
</footer>
</main>
</body>
</html>
`;
}
