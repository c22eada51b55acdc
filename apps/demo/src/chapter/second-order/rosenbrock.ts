import type { Tensor } from "@opt/core";
import { square, tensor } from "@opt/core";
import type { Method, MethodName } from "@opt/second-order";
import { backtracking, fixedStep, newton } from "@opt/second-order";
import type { Chart, Claim } from "../experiment.ts";
import { showNumber } from "../show-number.ts";
import type { MethodPath } from "./follow-method.ts";
import { followMethod } from "./follow-method.ts";

const METHODS: Readonly<Record<string, MethodName>> = {
  "steepest descent": "steepest-descent",
  "conjugate gradient": "conjugate-gradient",
  BFGS: "bfgs",
  "L-BFGS": "lbfgs",
  "regularized Newton": "newton",
};
const MAX_STEPS = 3000;
const TOLERANCE = 1e-6;
/** Values below would only stretch the figure. */
const SMALLEST_DRAWN = 1e-16;

type Plane = { readonly x: Tensor; readonly y: Tensor };

function planePoint(x: number, y: number): Plane {
  return { x: tensor(x, { dtype: "f64" }), y: tensor(y, { dtype: "f64" }) };
}

/** `(1 − x)² + 100 (y − x²)²`: a curved valley with its minimum at (1, 1). */
function rosenbrock({ x, y }: Plane): Tensor {
  return square(x.sub(1)).add(square(y.sub(square(x))).mul(100));
}

/** `x⁴/4 − x²/2 + y²/2`: minima at (±1, 0), and a saddle point between them. */
function doubleWell({ x, y }: Plane): Tensor {
  return x.pow(4).div(4).sub(square(x).div(2)).add(square(y).div(2));
}

/** How many evaluations of the gradient a path has taken. */
function gradients({ points }: MethodPath<Plane>): number {
  return points.at(-1)?.evaluations.gradient ?? 0;
}

async function valleyFindings(signal: AbortSignal): Promise<{ claim: Claim; chart: Chart; numbers: (readonly [string, string])[] }> {
  const paths: (readonly [name: string, path: MethodPath<Plane>])[] = [];
  for (const [name, method] of Object.entries(METHODS)) {
    paths.push([name, await followMethod(rosenbrock, planePoint(-1.2, 1), { method, maxSteps: MAX_STEPS, tolerance: TOLERANCE, signal })]);
  }
  const [[, descent], ...others] = paths as [(typeof paths)[number], ...typeof paths];
  const slowest = Math.max(...others.map(([, path]) => gradients(path)));
  const ended = descent.status === "converged" ? `${showNumber(gradients(descent))} for steepest descent` : `steepest descent is not done after ${showNumber(gradients(descent))}`;
  return {
    claim: {
      claim: "In Rosenbrock's curved valley methods that learn the curvature arrive within dozens of evaluations of the gradient, where steepest descent takes thousands.",
      measured: `Gradients: ${others.map(([name, path]) => `${name} ${showNumber(gradients(path))}`).join(", ")}; ${ended}.`,
      held: others.every(([, { status }]) => status === "converged") && gradients(descent) > 10 * slowest,
    },
    chart: {
      title: "Rosenbrock's valley from (−1.2, 1)",
      x: { label: "evaluations of the gradient", scale: "log" },
      y: { label: "value", scale: "log" },
      series: paths.map(([name, { points }]) => ({
        name,
        points: points.filter(({ value }) => value >= SMALLEST_DRAWN).map(({ value, evaluations }) => [evaluations.gradient, value] as const),
      })),
    },
    numbers: paths.map(([name, { points, status }]) => [`Rosenbrock, steps of ${name}`, `${showNumber(points.length - 1)}, ${status ?? ""}`] as const),
  };
}

async function saddleClaim(signal: AbortSignal): Promise<Claim> {
  const endOf = async (method: Method): Promise<readonly [number, number]> => {
    const { points } = await followMethod(doubleWell, planePoint(0.1, 1), { method, maxSteps: 100, tolerance: 1e-9, signal });
    const { x } = points.at(-1)!;
    return [x.x.item(), x.y.item()];
  };
  const plain = await endOf({ direction: newton(), search: fixedStep(1) });
  const regularized = await endOf({ direction: newton({ regularization: "automatic" }), search: backtracking() });
  const show = ([x, y]: readonly [number, number]): string => `(${showNumber(x)}, ${showNumber(y)})`;
  return {
    claim: "Where the Hessian is not positive definite Newton's method goes to the saddle point; with α added to the Hessian's diagonal it descends to a minimum.",
    measured: `From (0.1, 1) on x⁴/4 − x²/2 + y²/2 Newton's method ends at ${show(plain)}, regularized at ${show(regularized)}.`,
    held: Math.hypot(...plain) < 1e-6 && Math.abs(Math.abs(regularized[0]) - 1) < 1e-6 && Math.abs(regularized[1]) < 1e-6,
  };
}

/** Follows every method through Rosenbrock's valley, and Newton's past a saddle point. */
export async function examineValleys(signal: AbortSignal): Promise<{ claims: readonly Claim[]; charts: readonly Chart[]; numbers: readonly (readonly [string, string])[] }> {
  const { claim, chart, numbers } = await valleyFindings(signal);
  return { claims: [await saddleClaim(signal), claim], charts: [chart], numbers };
}
