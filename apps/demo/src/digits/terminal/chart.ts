import asciichart from "asciichart";
import type { RunRecord } from "../run-record.ts";
import { bucketize } from "../../series.ts";
import type { Terminal } from "../../terminal/console-style.ts";

/** One curve: heights of the columns from left to right. */
interface Curve {
  readonly name: string;
  readonly index: number;
  readonly heights: readonly number[];
}

const AXIS_WIDTH = 10;
const LABEL_WIDTH = 7;
const COLORED_HEIGHT = 12;
const SMALL_HEIGHT = 4;
/** Losses of zero would lie at minus infinity on the logarithmic axis. */
const SMALLEST_LOSS = 1e-8;

const SERIES_COLORS = [
  asciichart.blue,
  asciichart.yellow,
  asciichart.green,
  asciichart.magenta,
  asciichart.red,
  asciichart.cyan,
  asciichart.white,
  asciichart.darkgray,
  asciichart.lightblue,
] as const;

/** Gives every curve the same horizontal scale: column c shows the losses around step c/width·total. */
function resample(losses: readonly number[], totalSteps: number, width: number): number[] {
  const reached = Math.max(1, Math.round((losses.length / totalSteps) * width));
  const buckets = bucketize(losses, reached);
  if (buckets.length === 0) return [];
  return Array.from({ length: reached }, (_, column) => {
    const bucket = buckets[Math.min(buckets.length - 1, Math.floor((column / reached) * buckets.length))]!;
    return Math.log10(Math.max(bucket.mean, SMALLEST_LOSS));
  });
}

function draw(curves: readonly Curve[], height: number, range: { min: number; max: number }, colors: boolean): string {
  return asciichart.plot(
    curves.map((curve) => [...curve.heights]),
    {
      ...range,
      height,
      colors: colors ? curves.map((curve) => SERIES_COLORS[curve.index % SERIES_COLORS.length]) : undefined,
      format: (exponent) => Number((10 ** exponent).toPrecision(3)).toString().padStart(LABEL_WIDTH),
    },
  );
}

/** The line below the curves: where each epoch ends, thinned out when they are many. */
function epochAxis(epochs: number, width: number): string {
  const line = Array.from<string>({ length: AXIS_WIDTH + width }).fill(" ");
  const every = Math.ceil((epochs * 4) / width);
  for (let epoch = every; epoch <= epochs; epoch += every) {
    const text = String(epoch);
    const end = AXIS_WIDTH + Math.round((epoch / epochs) * width);
    line.splice(end - text.length, text.length, ...Array.from(text));
  }
  return `${line.join("").trimEnd()}  epochs`;
}

/**
 * Draws the training losses on a logarithmic axis: all curves in one figure where colors can tell them apart,
 * otherwise one small figure for each optimizer on the same scale.
 *
 * @param terminal - what can be shown
 * @param runs - the runs to draw; those without a step are left out
 * @param epochs - epochs that were asked for
 * @param stepsPerEpoch - steps in each of them
 * @returns the lines of the figure, empty when there is nothing to draw
 */
export function lossChart(terminal: Terminal, runs: readonly RunRecord[], epochs: number, stepsPerEpoch: number): string[] {
  const width = terminal.columns - AXIS_WIDTH - 10;
  const curves = runs
    .map((run, index) => ({ name: run.name, index, heights: resample(run.losses, epochs * stepsPerEpoch, width) }))
    .filter((curve) => curve.heights.length > 0);
  if (curves.length === 0) return [];
  const heights = curves.flatMap((curve) => curve.heights);
  const range = { min: Math.min(...heights), max: Math.max(...heights) + 1e-9 };
  const title = terminal.bold("Training loss, logarithmic axis");
  if (terminal.interactive) {
    const legend = curves.map((curve) => terminal.series(curve.index)(`━━ ${curve.name}`)).join("   ");
    return [title, "", draw(curves, COLORED_HEIGHT, range, true), epochAxis(epochs, width), "", " ".repeat(AXIS_WIDTH) + legend];
  }
  const figures = curves.flatMap((curve) => ["", curve.name, draw([curve], SMALL_HEIGHT, range, false)]);
  return [title, ...figures, epochAxis(epochs, width)];
}
