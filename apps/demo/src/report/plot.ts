import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** A figure in the sizes that the page switches between. */
export interface Figure {
  readonly wide: string;
  readonly narrow: string;
}

/** The size of a figure in pixels. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
}

const WIDE: FigureSize = { width: 520, height: 330 };
const NARROW: FigureSize = { width: 380, height: 300 };

/** The attributes that hold coordinates. */
const COORDINATES = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy"];

/** Rounds all coordinates of a plot to what a screen can show; its texts stay as they are. */
function roundCoordinates(plot: Element): void {
  for (const name of COORDINATES) {
    for (const element of plot.querySelectorAll(`[${name}]`)) {
      const value = element.getAttribute(name) ?? "";
      element.setAttribute(name, value.replaceAll(/\d+\.\d{3,}/gu, (number) => String(Number(Number(number).toFixed(2)))));
    }
  }
}

/** Renders one plot as static SVG text. */
function renderPlot(size: FigureSize, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const plot = Plot.plot({
    document,
    className: "plot",
    ...size,
    marginLeft: 54,
    marginBottom: 40,
    style: { fontSize: "12px", background: "transparent" },
    ...options,
  });
  roundCoordinates(plot);
  return plot.outerHTML;
}

/** Renders a figure in both sizes; the options may depend on the size. */
export function renderFigure(optionsFor: (size: FigureSize) => Plot.PlotOptions): Figure {
  const [wide, narrow] = [WIDE, NARROW].map((size) => renderPlot(size, optionsFor(size)));
  return { wide: wide ?? "", narrow: narrow ?? "" };
}

/** The markup of a figure: both sizes, of which the style sheet shows one. */
export function figureMarkup(figure: Figure): string {
  return `<div class="wide">${figure.wide}</div><div class="narrow">${figure.narrow}</div>`;
}
