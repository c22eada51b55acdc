import { escapeHtml, legendMarkup } from "../../report/markup.ts";
import { renderPage } from "../../report/page.ts";
import { figureMarkup } from "../../report/plot.ts";
import { formatSeconds } from "../../terminal/format.ts";
import type { ChapterRecord, ExperimentResult } from "../chapter-record.ts";
import { describeTally, tally } from "../chapter-record.ts";
import type { Chart, Claim } from "../experiment.ts";
import { chartFigure } from "./chart-figure.ts";
import { CHAPTER_STYLES } from "./style-sheet.ts";

/** How an experiment did, in two or three words, and the class that colors them. */
function score({ status, findings }: ExperimentResult): readonly [text: string, style: string] {
  if (status === "failed") return ["error", "bad"];
  if (status !== "completed") return [status.replace("-", " "), "none"];
  const held = findings.claims.filter((claim) => claim.held).length;
  const total = findings.claims.length;
  return held === total ? ["✓ holds", "good"] : [`✗ ${String(total - held)} of ${String(total)} not`, "bad"];
}

function contents(results: readonly ExperimentResult[]): string {
  const entries = results.map((result) => {
    const { name, number, title } = result.experiment;
    const [text, style] = score(result);
    return `<li><a href="#${escapeHtml(name)}"><span class="number">${String(number)}</span><span class="name">${escapeHtml(title)}</span><span class="score ${style}">${text}</span></a></li>`;
  });
  return `<nav class="card contents" aria-label="Experiments"><ol>${entries.join("\n")}</ol></nav>`;
}

/** A formula is MathML, which browsers lay out themselves, or plain text. */
function formulaMarkup(formula: string): string {
  return formula.startsWith("<math") ? `<div class="formula">${formula}</div>` : `<div class="formula text">${escapeHtml(formula)}</div>`;
}

function claimMarkup({ claim, measured, held }: Claim): string {
  return `<li class="${held ? "held" : "missed"}"><span class="verdict" role="img" aria-label="${held ? "holds" : "does not hold"}">${held ? "✓" : "✗"}</span>
<span class="claim">${escapeHtml(claim)}</span><span class="measured">${escapeHtml(measured)}</span></li>`;
}

function chartMarkup(chart: Chart): string {
  return `<figure><figcaption>${escapeHtml(chart.title)}</figcaption>
${figureMarkup(chartFigure(chart))}
${legendMarkup(chart.series.map(({ name }) => name))}</figure>`;
}

/** One chart is not stretched over the page; three stand side by side, where there is room. */
function chartsClass(count: number): string {
  if (count === 1) return "charts single";
  return count % 3 === 0 ? "charts triple" : "charts";
}

function findingsMarkup({ status, message, findings }: ExperimentResult): string {
  if (status === "failed") return `<pre class="trouble">${escapeHtml(message)}</pre>`;
  if (status !== "completed") return `<p class="none">${escapeHtml(message)}</p>`;
  const { claims, charts, numbers } = findings;
  const rows = numbers.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return [
    `<ul class="claims">${claims.map(claimMarkup).join("\n")}</ul>`,
    charts.length === 0 ? "" : `<div class="${chartsClass(charts.length)}">${charts.map(chartMarkup).join("\n")}</div>`,
    rows.length === 0 ? "" : `<dl class="numbers">${rows.join("\n")}</dl>`,
  ].join("\n");
}

function section(result: ExperimentResult): string {
  const { name, number, title, section: place, paragraph, formula } = result.experiment;
  const time = result.status === "completed" ? ` · ${formatSeconds(result.seconds)}` : "";
  return `<section class="card experiment" id="${escapeHtml(name)}">
<div class="head"><h2><span class="number">${String(number)}</span>${escapeHtml(title)}</h2><small>section ${escapeHtml(place)}${time}</small></div>
<p>${escapeHtml(paragraph)}</p>
${formulaMarkup(formula)}
${findingsMarkup(result)}
</section>`;
}

/**
 * Writes the chapter as one HTML page that needs nothing else: figures, formulas and styles are inside it.
 *
 * @param record - what was run
 * @returns the text of the page
 */
export function chapterReport(record: ChapterRecord): string {
  const { results, date, command, seed } = record;
  const total = tally(results);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return renderPage({
    title: "The chapter on optimization, run",
    summary: `What chapter 8 of Goodfellow, Bengio and Courville's Deep Learning (2016) says about optimization for training deep models, measured. ${describeTally(total)}`,
    notes: total.interrupted ? ["This run was interrupted; the report shows what was reached."] : [],
    styles: CHAPTER_STYLES,
    body: [contents(results), ...results.map(section)].join("\n"),
    footer: `Every number was measured by this run, in ${formatSeconds(seconds)}, from seed ${String(seed)}: the same seed gives the same numbers.`,
    date,
    command,
  });
}
