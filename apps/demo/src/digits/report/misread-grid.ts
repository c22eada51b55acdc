import type { ExperimentRecord, MisreadDigit, RunRecord } from "../run-record.ts";
import { formatCount, formatPercent } from "../../terminal/format.ts";
import { digitImage } from "./digit-image.ts";
import { escapeHtml, seriesColor } from "../../report/markup.ts";

function tile(digit: MisreadDigit): string {
  const read = String(digit.predicted);
  const actual = String(digit.actual);
  const sure = `${(100 * digit.confidence).toFixed(0)} % sure`;
  return `<figure title="test digit ${String(digit.index)}: read as ${read}, ${sure}">
<img src="${digitImage(digit)}" width="56" height="56" alt="a ${actual} that was read as ${read}">
<figcaption>read <span class="wrong">${read}</span> · is <span class="right">${actual}</span></figcaption>
</figure>`;
}

function grid(run: RunRecord, index: number, testCount: number): string {
  const share = formatPercent(run.misreadCount / testCount);
  const shown = run.misread.length < run.misreadCount ? `; the ${String(run.misread.length)} that it was most sure of` : "";
  const caption =
    run.misreadCount === 0
      ? `every one of the ${formatCount(testCount)} test digits read correctly`
      : `${formatCount(run.misreadCount)} of ${formatCount(testCount)} misread (${share})${shown}`;
  return `<section class="misread" style="--series:${seriesColor(index)}">
<h3><span class="key"></span>${escapeHtml(run.name)} <small>${caption}</small></h3>
<div class="digits">${run.misread.map(tile).join("\n")}</div>
</section>`;
}

/** For each optimizer that was evaluated: the test digits that it reads wrongly, with what it read and what they are. */
export function misreadGrids(experiment: ExperimentRecord): string {
  return experiment.runs
    .map((run, index) => (Number.isNaN(run.testAccuracy) ? "" : grid(run, index, experiment.testCount)))
    .join("\n");
}
