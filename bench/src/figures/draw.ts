import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { atLimit, closeLimits } from "../contenders/limits.ts";
import { Unavailable } from "../contenders/unavailable.ts";
import type { Chart, Line } from "./chart.ts";
import { draw } from "./chart.ts";
import type { Growth, GrowthRequest } from "./growth.ts";
import { deepNetwork, measureGrowth } from "./growth.ts";

const folder = fileURLToPath(new URL("../../figures/", import.meta.url));

/** Steps of a half or a third of a decade. */
const WIDTHS = [7, 13, 22, 40, 70, 125, 223, 400, 707, 1250, 2236];
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const DEPTHS = [1, 2, 3, 5, 10, 20, 50, 100, 200];
const COMPILED_DEPTHS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

async function measureAll(requests: readonly GrowthRequest[]): Promise<Growth[]> {
  const results: Growth[] = [];
  for (const request of requests) results.push(await measureGrowth(request));
  return results;
}

/** Multiplications and additions of a training step: forward, and twice that backward, less the gradient that no one needs. */
function flops({ sizes, batch }: GrowthRequest): number {
  return sizes.slice(1).reduce((total, columns, index) => total + 2 * batch * sizes[index]! * columns * (index === 0 ? 2 : 3), 0);
}

/** The time that those need at the machine's peak, as a guide; none without a C compiler. */
async function peakGuide(x: readonly number[], requests: readonly GrowthRequest[]): Promise<Line[]> {
  try {
    const second = await atLimit([{ kind: "fma-f32", flops: 1 }]).time(1);
    return [{ name: "its multiply-adds at the machine's peak", guide: true, points: requests.map((request, index) => [x[index]!, second * flops(request) * 1e6]) }];
  } catch (error) {
    if (error instanceof Unavailable) return [];
    throw error;
  } finally {
    closeLimits();
  }
}

/** A guide through the last point that grows like n log n. */
function nLogN(points: readonly (readonly [number, number])[]): Line {
  const [lastX, lastY] = points.at(-1)!;
  const at = (x: number): number => (lastY * x * Math.log(x)) / (lastX * Math.log(lastX));
  return { name: "n log n", guide: true, points: points.map(([x]) => [x, at(x)]) };
}

function write(name: string, chart: Chart): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.svg`, draw(chart));
  console.log(`bench/figures/${name}.svg`);
  for (const { name: line, guide, points } of chart.lines) {
    if (guide !== true) console.log(`  ${line}: ${points.map(([x, y]) => `${x.toPrecision(3)} → ${y.toPrecision(3)}`).join(", ")}`);
  }
}

async function stepFigure(name: string, title: string, x: string, requests: readonly GrowthRequest[], xOf: (growth: Growth, request: GrowthRequest) => number): Promise<void> {
  const results = await measureAll(requests);
  const xs = results.map((growth, index) => xOf(growth, requests[index]!));
  const measured: Line = { name: "a training step", points: results.map(({ step }, index) => [xs[index]!, step * 1e6]) };
  write(name, { title, x, y: "microseconds", lines: [measured, ...(await peakGuide(xs, requests))] });
}

/** Measures how cost grows and writes a figure for each question. */
export async function drawFigures(): Promise<void> {
  await stepFigure("parameters", "A step of two tanh layers, batch 32, Adam", "parameters",
    WIDTHS.map((width) => ({ sizes: [width, width, width], batch: 32 })), ({ parameters }) => parameters);
  await stepFigure("batch", "A step of 784-128-10, Adam", "examples in the batch",
    BATCHES.map((batch) => ({ sizes: [784, 128, 10], batch })), (_, { batch }) => batch);
  await stepFigure("depth", "A step of tanh layers of 64 units, batch 32, Adam", "layers",
    DEPTHS.map((depth) => deepNetwork(depth, false, 64)), (_, { sizes }) => sizes.length - 1);
  const compiled = await measureAll(COMPILED_DEPTHS.map((depth) => deepNetwork(depth, true)));
  const times = compiled.map(({ nodes, compile }) => [nodes, compile * 1e3] as const);
  write("compile-time", { title: "Compiling a training step, in a fresh process", x: "nodes of the traced graph", y: "milliseconds", lines: [{ name: "first call", points: times }, nLogN(times)] });
  const arenas = compiled.map(({ nodes, arena }) => [nodes, arena / 1024] as const);
  write("arena", { title: "Temporary memory of the same steps", x: "nodes of the traced graph", y: "kibibytes", lines: [{ name: "arena", points: arenas }, nLogN(arenas)] });
}
