/** A line of a chart. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Dashed: a guide, not a measurement. */
  readonly guide?: boolean;
}

/** A chart with logarithmic axes. */
export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const WIDTH = 640;
const HEIGHT = 400;
const LEFT = 74;
const RIGHT = 20;
const TOP = 44;
const BOTTOM = 52;
const COLORS = ["#0b62a8", "#c2501a", "#3d7a32"];

/** So much of a decade may stick out of the chart, so that 10 000 001 does not need another one. */
const SLACK = 0.02;

/** The decades that hold all values. */
function decades(values: readonly number[]): [number, number] {
  const low = Math.floor(Math.log10(Math.min(...values)) + SLACK);
  const high = Math.ceil(Math.log10(Math.max(...values)) - SLACK);
  return [low, Math.max(high, low + 1)];
}

/** `10⁴`. */
function power(exponent: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return `10${String(exponent).replace(/\d/g, (digit) => digits[Number(digit)]!).replace("-", "⁻")}`;
}

function text(x: number, y: number, content: string, attributes: string = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;
}

/** Draws a chart as SVG. */
export function draw({ title, x: xName, y: yName, lines }: Chart): string {
  const [xLow, xHigh] = decades(lines.flatMap(({ points }) => points.map(([x]) => x)));
  const [yLow, yHigh] = decades(lines.flatMap(({ points }) => points.map(([, y]) => y)));
  const xAt = (value: number): number => LEFT + ((Math.log10(value) - xLow) / (xHigh - xLow)) * (WIDTH - LEFT - RIGHT);
  const yAt = (value: number): number => HEIGHT - BOTTOM - ((Math.log10(value) - yLow) / (yHigh - yLow)) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [text(LEFT, 24, title, 'font-size="15" font-weight="600"')];
  for (let exponent = xLow; exponent <= xHigh; exponent++) {
    const at = xAt(10 ** exponent);
    parts.push(`<line x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="${String(TOP)}" y2="${String(HEIGHT - BOTTOM)}" stroke="#ddd"/>`);
    parts.push(text(at, HEIGHT - BOTTOM + 18, power(exponent), 'text-anchor="middle"'));
  }
  for (let exponent = yLow; exponent <= yHigh; exponent++) {
    const at = yAt(10 ** exponent);
    parts.push(`<line x1="${String(LEFT)}" x2="${String(WIDTH - RIGHT)}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}" stroke="#ddd"/>`);
    parts.push(text(LEFT - 8, at + 4, power(exponent), 'text-anchor="end"'));
  }
  parts.push(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, xName, 'text-anchor="middle"'));
  parts.push(text(18, (TOP + HEIGHT - BOTTOM) / 2, yName, `text-anchor="middle" transform="rotate(-90 18 ${((TOP + HEIGHT - BOTTOM) / 2).toFixed(1)})"`));
  lines.forEach(({ name, points, guide = false }, index) => {
    const color = guide ? "#888" : COLORS[index % COLORS.length]!;
    const path = points.map(([x, y]) => `${xAt(x).toFixed(1)},${yAt(y).toFixed(1)}`).join(" ");
    parts.push(`<polyline points="${path}" fill="none" stroke="${color}" stroke-width="${guide ? "1" : "2"}"${guide ? ' stroke-dasharray="5 4"' : ""}/>`);
    if (!guide) for (const [x, y] of points) parts.push(`<circle cx="${xAt(x).toFixed(1)}" cy="${yAt(y).toFixed(1)}" r="3" fill="${color}"/>`);
    parts.push(text(LEFT + 12, TOP + 18 + 16 * index, `${guide ? "- -" : "●"} ${name}`, `fill="${color}"`));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<rect width="${String(WIDTH)}" height="${String(HEIGHT)}" fill="#fff"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
