import type { Key, Tensor } from "@opt/core";
import { randomNormal, splitKey, square, tensor } from "@opt/core";
import { orthogonal } from "@opt/init";
import type { Method } from "@opt/second-order";
import { bfgs, conjugateGradient, fixedStep, lbfgs, newton, quadraticStep, steepest } from "@opt/second-order";
import type { Chart, Claim } from "../experiment.ts";
import { showNumber } from "../show-number.ts";
import type { MethodPath } from "./follow-method.ts";
import { followMethod } from "./follow-method.ts";

/** In many more dimensions the rounding of f64 costs conjugate gradient a few further steps. */
const DIMENSION = 10;
const CONDITION = 100;
/** Solved: the value has fallen to this share of what it was at the start; the least value is 0. */
const SOLVED = 1e-12;
const MAX_STEPS = 2000;

/** Methods for a quadratic: all but Newton's take the exact minimum along each direction. */
const METHODS: Readonly<Record<string, Method>> = {
  "steepest descent": { direction: steepest(), search: quadraticStep() },
  "conjugate gradient": { direction: conjugateGradient(), search: quadraticStep() },
  BFGS: { direction: bfgs(), search: quadraticStep() },
  "L-BFGS": { direction: lbfgs({ history: 5 }), search: quadraticStep() },
  Newton: { direction: newton(), search: fixedStep(1) },
};

/** Those that should need at most as many steps as there are dimensions. */
const FINITE = ["conjugate gradient", "BFGS", "L-BFGS"] as const;

/** The picture's valley is narrower on the page than the other quadratic would be. */
const ZIGZAG_CONDITION = 10;
const ZIGZAG_STEPS = 20;

/** What was found out about quadratics. */
export interface QuadraticFindings {
  readonly claims: readonly Claim[];
  readonly charts: readonly Chart[];
}

/** The differences between successive points. */
function stepsOf(points: readonly Float64Array[]): Float64Array[] {
  return points.slice(1).map((point, index) => point.map((coordinate, axis) => coordinate - points[index]![axis]!));
}

function cosine(a: Float64Array, b: Float64Array): number {
  const product = a.reduce((total, component, axis) => total + component * b[axis]!, 0);
  return product / (Math.hypot(...a) * Math.hypot(...b));
}

/** Steepest descent from the start for which it is slowest, and the other methods beside it. */
async function drawZigzag(signal: AbortSignal): Promise<{ claim: Claim; chart: Chart }> {
  const curvatures = tensor([1, ZIGZAG_CONDITION], { dtype: "f64" });
  const loss = (x: Tensor): Tensor => square(x).mul(curvatures).sum().mul(0.5);
  const start = tensor([1, 1 / ZIGZAG_CONDITION], { dtype: "f64" });
  const follow = async (name: string): Promise<MethodPath<Tensor>> => followMethod(loss, start, { method: METHODS[name]!, maxSteps: ZIGZAG_STEPS, tolerance: 1e-12, signal });
  const places = ({ points }: MethodPath<Tensor>): Float64Array[] => points.map(({ x }) => Float64Array.from(x.readSync()));
  const descent = await follow("steepest descent");
  const moves = stepsOf(places(descent));
  const cosines = moves.slice(1).map((move, index) => Math.abs(cosine(move, moves[index]!)));
  const ratios = descent.points.slice(1).map(({ value }, index) => value / descent.points[index]!.value);
  const expected = ((ZIGZAG_CONDITION - 1) / (ZIGZAG_CONDITION + 1)) ** 2;
  const error = Math.max(...ratios.map((ratio) => Math.abs(ratio - expected)));
  const asPoints = (path: MethodPath<Tensor>): readonly (readonly [number, number])[] => places(path).map(([x = 0, y = 0]) => [x, y] as const);
  return {
    claim: {
      claim: "Steepest descent zigzags: each step is at right angles to the one before, and from the worst start the value falls by the factor ((κ − 1)/(κ + 1))² only.",
      measured: `Over ${String(moves.length)} steps with κ = ${String(ZIGZAG_CONDITION)} the largest |cosine| between successive steps is ${showNumber(Math.max(...cosines))}; the factor differs from ${showNumber(expected, 4)} by at most ${showNumber(error)}.`,
      held: Math.max(...cosines) < 1e-6 && error < 1e-6,
    },
    chart: {
      title: "Steepest descent's zigzag, and two methods that know better",
      x: { label: "x₁" },
      y: { label: "x₂" },
      series: [
        { name: "steepest descent", points: asPoints(descent) },
        { name: "conjugate gradient", points: asPoints(await follow("conjugate gradient")) },
        { name: "Newton", points: asPoints(await follow("Newton")) },
      ],
    },
  };
}

/** Solves one quadratic with each method. */
export async function examineQuadratics(key: Key, signal: AbortSignal): Promise<QuadraticFindings> {
  const [axesKey, startKey] = splitKey(key, 2);
  const axes = orthogonal()(axesKey, [DIMENSION, DIMENSION], { dtype: "f64" });
  const curvatures = tensor(Array.from({ length: DIMENSION }, (_, index) => CONDITION ** (index / (DIMENSION - 1))), { dtype: "f64" });
  const loss = (x: Tensor): Tensor => square(x.reshape([1, DIMENSION]).matmul(axes)).mul(curvatures).sum().mul(0.5);
  const start = randomNormal(startKey, [DIMENSION], { dtype: "f64" });
  const first = loss(start).item();
  const paths = new Map<string, MethodPath<Tensor>>();
  for (const [name, method] of Object.entries(METHODS)) {
    paths.set(name, await followMethod(loss, start, { method, maxSteps: MAX_STEPS, tolerance: 0, until: ({ value }) => value <= SOLVED * first, signal }));
  }
  const stepsTo = (name: string): number => {
    const { points, status } = paths.get(name)!;
    return status === undefined ? points.length - 1 : Number.POSITIVE_INFINITY;
  };
  const zigzag = await drawZigzag(signal);
  return {
    claims: [
      {
        claim: "On a quadratic Newton's method needs one step.",
        measured: `Steps in ${String(DIMENSION)} dimensions with condition number ${String(CONDITION)}: ${showNumber(stepsTo("Newton"))}.`,
        held: stepsTo("Newton") === 1,
      },
      {
        claim: "Conjugate gradient needs at most as many steps as there are dimensions, and so do BFGS and L-BFGS with exact line searches.",
        measured: `Steps in ${String(DIMENSION)} dimensions: ${FINITE.map((name) => `${name} ${showNumber(stepsTo(name))}`).join(", ")}; steepest descent ${showNumber(stepsTo("steepest descent"))}.`,
        held: FINITE.every((name) => stepsTo(name) <= DIMENSION),
      },
      zigzag.claim,
    ],
    charts: [
      zigzag.chart,
      {
        title: `A quadratic in ${String(DIMENSION)} dimensions, condition number ${String(CONDITION)}`,
        x: { label: "steps" },
        y: { label: "value / value at the start", scale: "log" },
        series: [...paths].map(([name, { points }]) => ({
          name,
          points: points.slice(0, 2 * DIMENSION + 1).map(({ step, value }) => [step, Math.max(value / first, SOLVED / 10)] as const),
        })),
      },
    ],
  };
}
