import { movingAverage } from "../../series.ts";
import { formatCount, formatLoss, formatPercent } from "../../terminal/format.ts";
import { byId } from "./elements.ts";
import { makeLossChart } from "./loss-chart.ts";

/** What was measured so far, as the page shows it. */
export interface ResultsView {
  /** Empties it for a new training. */
  clear(): void;
  showBackend(name: string): void;
  /** Says how many steps the training will have. */
  expect(totalSteps: number): void;
  addLosses(losses: readonly number[], stepsPerSecond: number): void;
  addEpoch(epoch: number, loss: number, accuracy: number): void;
  /** Steps so far. */
  readonly steps: number;
}

const MISSING = "–";
/** Weight of the past in the loss that is shown as a number. */
const SMOOTHING = 0.95;
/** Below so many steps per second their tenths matter. */
const SLOW = 20;
/** Steps on the axis before it is known how many there will be: those of the settings that the page opens with. */
const FIRST_TOTAL = 1560;

function rowOf(cells: readonly string[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  for (const text of cells) row.insertCell().textContent = text;
  return row;
}

/** Makes the part of the page that shows results. */
export function makeResultsView(): ResultsView {
  const figures = {
    backend: byId("backend", HTMLElement),
    step: byId("step", HTMLElement),
    rate: byId("rate", HTMLElement),
    loss: byId("loss", HTMLElement),
    accuracy: byId("accuracy", HTMLElement),
  };
  const curve = byId("curve", HTMLElement);
  const scroll = byId("epochs-scroll", HTMLElement);
  const epochs = byId("epochs", HTMLTableSectionElement);
  const chart = makeLossChart(curve);
  let losses: number[] = [];
  let total = FIRST_TOTAL;
  let average = movingAverage(SMOOTHING);
  let smoothLoss = Number.NaN;
  let newRows: HTMLTableRowElement[] = [];
  let frame = 0;

  function draw(): void {
    frame = 0;
    chart.draw(losses, total);
    if (newRows.length === 0) return;
    // The list follows its end, unless its reader has scrolled back.
    const follows = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 1;
    epochs.append(...newRows);
    newRows = [];
    if (follows) scroll.scrollTop = scroll.scrollHeight;
  }
  /** Draws once a frame, however many messages come. */
  function drawSoon(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }
  drawSoon();

  return {
    clear: () => {
      for (const figure of Object.values(figures)) figure.textContent = MISSING;
      epochs.replaceChildren();
      losses = [];
      newRows = [];
      average = movingAverage(SMOOTHING);
      drawSoon();
    },
    showBackend: (name) => {
      figures.backend.textContent = name;
    },
    expect: (totalSteps) => {
      total = totalSteps;
      drawSoon();
    },
    addLosses: (more, stepsPerSecond) => {
      for (const loss of more) {
        losses.push(loss);
        smoothLoss = average(loss);
      }
      figures.step.textContent = `${formatCount(losses.length)} / ${formatCount(total)}`;
      figures.loss.textContent = formatLoss(smoothLoss);
      figures.rate.textContent = stepsPerSecond < SLOW ? stepsPerSecond.toFixed(1) : formatCount(stepsPerSecond);
      drawSoon();
    },
    addEpoch: (epoch, loss, accuracy) => {
      figures.accuracy.textContent = formatPercent(accuracy);
      newRows.push(rowOf([String(epoch), formatLoss(loss), formatPercent(accuracy)]));
      curve.setAttribute("aria-label", `Training loss by step: ${formatLoss(loss)} in epoch ${epoch}, after ${formatCount(losses.length)} steps`);
      drawSoon();
    },
    get steps() {
      return losses.length;
    },
  };
}
