import * as Plot from "@observablehq/plot";
import type { ExperimentRecord } from "../run-record.ts";
import { bucketize, movingAverage } from "../../series.ts";
import { formatLoss, formatPercent } from "../../terminal/format.ts";
import { seriesColor } from "../../report/markup.ts";
import type { Figure } from "../../report/plot.ts";
import { renderFigure } from "../../report/plot.ts";

interface LossPoint {
  readonly run: string;
  readonly epoch: number;
  readonly low: number;
  readonly high: number;
  readonly smoothed: number;
}

/** Weight of the past in the drawn average; with buckets of several steps each this is about a twelfth of the width. */
const SMOOTHING = 0.8;
/** Losses of zero would lie at minus infinity on the logarithmic axis. */
const SMALLEST_LOSS = 1e-8;
/** Opacity of the band of a single run; many bands lie over each other and must be fainter. */
const BAND_OPACITY = 0.2;
/** Points on a curve for each pixel of width: more would not be seen. */
const BUCKETS_PER_PIXEL = 0.4;

function colorScale(experiment: ExperimentRecord): Plot.ScaleOptions {
  return { domain: experiment.runs.map((run) => run.name), range: experiment.runs.map((_, index) => seriesColor(index)) };
}

function lossPoints(experiment: ExperimentRecord, count: number): LossPoint[] {
  const totalSteps = experiment.epochs * experiment.stepsPerEpoch;
  return experiment.runs.flatMap((run) => {
    const reached = Math.max(1, Math.round((count * run.losses.length) / totalSteps));
    const buckets = bucketize(run.losses, reached);
    const average = movingAverage(SMOOTHING);
    return buckets.map((bucket) => ({
      run: run.name,
      epoch: bucket.step / experiment.stepsPerEpoch,
      low: Math.max(bucket.low, SMALLEST_LOSS),
      high: Math.max(bucket.high, SMALLEST_LOSS),
      smoothed: Math.max(average(bucket.mean), SMALLEST_LOSS),
    }));
  });
}

/**
 * Training loss over the epochs: a line for the exponential moving average and a band from the lowest to the highest loss
 * of the same steps.
 *
 * @param experiment - the runs to draw
 * @param axis - "log" shows ratios, "linear" shows differences
 * @returns static SVG in both sizes
 */
export function lossFigure(experiment: ExperimentRecord, axis: "linear" | "log"): Figure {
  return renderFigure((size) => {
    const points = lossPoints(experiment, Math.round(size.width * BUCKETS_PER_PIXEL));
    return {
      ariaLabel: `Training loss by epoch, ${axis === "log" ? "logarithmic" : "linear"} axis`,
      x: { label: "epoch", domain: [0, experiment.epochs], labelArrow: "none", ticks: Math.min(experiment.epochs, 10) },
      y: { label: null, type: axis, grid: true, zero: axis === "linear", ticks: axis === "log" ? 6 : 8, tickFormat: (loss: number) => String(Number(loss.toPrecision(3))) },
      color: colorScale(experiment),
      marks: [
        Plot.areaY(points, { x: "epoch", y1: "low", y2: "high", fill: "run", fillOpacity: BAND_OPACITY / experiment.runs.length ** 0.5 }),
        Plot.lineY(points, { x: "epoch", y: "smoothed", stroke: "run", strokeWidth: 2, strokeLinejoin: "round" }),
      ],
    };
  });
}

/**
 * Test accuracy after each epoch, one line for each optimizer; pointing at a dot shows its numbers.
 *
 * @param experiment - the runs to draw
 * @returns static SVG in both sizes
 */
export function accuracyFigure(experiment: ExperimentRecord): Figure {
  const points = experiment.runs.flatMap((run) =>
    run.epochs.map((entry) => ({
      run: run.name,
      epoch: entry.epoch,
      accuracy: 100 * entry.testAccuracy,
      title: `${run.name}, epoch ${String(entry.epoch)}\ntest accuracy ${formatPercent(entry.testAccuracy)}\ntraining loss ${formatLoss(entry.trainingLoss)}`,
    })),
  );
  return renderFigure(() => ({
    ariaLabel: "Test accuracy by epoch, in percent",
    x: {
      label: "epoch",
      domain: [Math.min(1, experiment.epochs - 1), experiment.epochs],
      labelArrow: "none",
      ticks: Math.min(experiment.epochs, 10),
      tickFormat: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : ""),
      insetLeft: 8,
      insetRight: 8,
    },
    y: { label: null, grid: true, nice: true, ticks: 7, insetBottom: 6, tickFormat: (percent: number) => `${String(percent)} %` },
    color: colorScale(experiment),
    marks: [
      Plot.lineY(points, { x: "epoch", y: "accuracy", stroke: "run", strokeWidth: 2 }),
      Plot.dot(points, { x: "epoch", y: "accuracy", fill: "run", r: 4, title: "title" }),
    ],
  }));
}
