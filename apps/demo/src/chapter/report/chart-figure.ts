import * as Plot from "@observablehq/plot";
import { seriesColor } from "../../report/markup.ts";
import type { Figure, FigureSize } from "../../report/plot.ts";
import { renderFigure } from "../../report/plot.ts";
import type { Chart } from "../experiment.ts";
import { showScientific } from "../show-number.ts";
import { thinPoints } from "./thin-points.ts";

const DOT_RADIUS = 3.2;
/** So that a dot at the end of an axis is not cut. */
const INSET = 6;
const TICK_DIGITS = 4;
/** Pixels for a tick's text below the figure. */
const TICK_SPACE = 90;
/** From these on, powers of ten are easier to read than zeros. */
const [SMALL, LARGE] = [1e-3, 1e5];

type AxisScale = "linear" | "log" | undefined;

interface Drawn {
  readonly series: string;
  readonly x: number;
  readonly y: number;
}

/** A number as a tick shows it: `0.25`, `2,000`, `10⁻⁶`, `2·10⁻⁶`. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= SMALL && size < LARGE)) return Number(value.toPrecision(TICK_DIGITS)).toLocaleString("en-US", { maximumFractionDigits: 6 });
  return showScientific(value, TICK_DIGITS);
}

/** Whether a coordinate has a place on an axis. */
function fits(value: number, scale: AxisScale): boolean {
  return Number.isFinite(value) && (scale !== "log" || value > 0);
}

/** The points of all series of one style that are to be drawn; a gap stays a gap. */
function drawnPoints(chart: Chart, style: "line" | "dots", size: FigureSize): Drawn[] {
  return chart.series
    .filter((series) => (series.style ?? "line") === style)
    .flatMap(({ name, points }) => {
      const placed = points.map(([x, y]) => (fits(x, chart.x.scale) && fits(y, chart.y.scale) ? ([x, y] as const) : undefined));
      return thinPoints(placed, chart.x.scale === "log", size.width).map((point) => ({ series: name, x: point?.[0] ?? Number.NaN, y: point?.[1] ?? Number.NaN }));
    });
}

/** The decades between the ends of a logarithmic axis, or what else is marked on it. */
function logTicks(values: readonly number[]): number {
  const decades = Math.log10(Math.max(...values) / Math.min(...values));
  return Number.isFinite(decades) && decades > 1 ? Math.min(7, Math.ceil(decades)) : 4;
}

function axis(label: string, scale: AxisScale, values: readonly number[], ticks: number): Plot.ScaleOptions {
  return {
    label,
    labelArrow: "none",
    type: scale ?? "linear",
    ticks: scale === "log" ? logTicks(values) : ticks,
    tickFormat: tickText,
    nice: scale !== "log",
  };
}

/**
 * Draws a chart.
 *
 * @param chart - what is drawn
 * @returns static SVG in both sizes
 */
export function chartFigure(chart: Chart): Figure {
  return renderFigure((size) => {
    const lines = drawnPoints(chart, "line", size);
    const dots = drawnPoints(chart, "dots", size);
    const all = [...lines, ...dots].filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
    return {
      ariaLabel: `${chart.title}: ${chart.y.label} by ${chart.x.label}`,
      marginTop: 28,
      marginLeft: 62,
      x: { ...axis(chart.x.label, chart.x.scale, all.map(({ x }) => x), Math.round(size.width / TICK_SPACE)), inset: INSET },
      y: { ...axis(chart.y.label, chart.y.scale, all.map(({ y }) => y), 6), grid: true },
      color: { type: "ordinal", domain: chart.series.map(({ name }) => name), range: chart.series.map((_, index) => seriesColor(index)) },
      marks: [
        Plot.line(lines, { x: "x", y: "y", z: "series", stroke: "series", strokeWidth: 2, strokeLinejoin: "round" }),
        Plot.dot(dots, { x: "x", y: "y", fill: "series", r: DOT_RADIUS, fillOpacity: 0.8 }),
      ],
    };
  });
}
