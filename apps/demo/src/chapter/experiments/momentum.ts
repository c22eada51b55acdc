import type { Optimizer, Tensor } from "@opt/core";
import { square, tensor } from "@opt/core";
import { momentum, sgd } from "@opt/first-order";
import { descend } from "../descend.ts";
import type { Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { powerLaw } from "../log-scale.ts";
import { showNumber, showPercent, showPower } from "../show-number.ts";
import { takeTurn } from "../take-turn.ts";

const RATE = 0.01;
const SLOPE = [3, -4];
const SLOPE_NORM = 5;
const DECAYS = [0.5, 0.9, 0.99];
/** As many steps as bring the slowest of these within 0.01 % of its terminal velocity. */
const SPEED_STEPS = 1000;

const CONDITIONS = [10, 30, 100, 300, 1000, 3000, 10_000];
/** How far the distance to the minimum must fall. */
const SHARE_LEFT = 1e-6;
const DRAWN_CONDITION = 100;
const DRAWN_STEPS = 30;
/** For the drawn path: less momentum and a smaller rate than the best, which swings far out before it is fast. */
const DRAWN_MOMENTUM = momentum({ learningRate: 1 / DRAWN_CONDITION, momentum: 0.9 });

type Path = readonly (readonly [along: number, across: number])[];

/** The speeds ‖v‖ on a plane, where the gradient is the same everywhere. */
function speedsOnSlope(decay: number): number[] {
  const slope = tensor(SLOPE, { dtype: "f64" });
  const speeds: number[] = [];
  let before = [0, 0];
  for (const { step, params } of descend((x: Tensor) => x.mul(slope).sum(), tensor([0, 0], { dtype: "f64" }), momentum({ learningRate: RATE, momentum: decay }))) {
    const now = Array.from(params.readSync());
    if (step > 0) speeds.push(Math.hypot(now[0]! - before[0]!, now[1]! - before[1]!));
    before = now;
    if (step === SPEED_STEPS) break;
  }
  return speeds;
}

/** `½(x² + κ y²)`: a ravine along x, κ times as curved across as along. */
function ravine(condition: number): (point: Tensor) => Tensor {
  const curvatures = tensor([1, condition], { dtype: "f64" });
  return (point) => square(point).mul(curvatures).sum().div(2);
}

/** Gradient descent at its best constant rate, 2 / (λ₁ + λ₂). */
function bestDescent(condition: number): Optimizer {
  return sgd({ learningRate: 2 / (1 + condition) });
}

/** Momentum at its best rate and decay (Polyak 1964). */
function bestMomentum(condition: number): Optimizer {
  const root = Math.sqrt(condition);
  return momentum({ learningRate: 4 / (1 + root) ** 2, momentum: ((root - 1) / (root + 1)) ** 2 });
}

/** The path from a start at equal distance along and across, until the distance has fallen enough. */
function pathDown(condition: number, optimizer: Optimizer): Path {
  const path: (readonly [number, number])[] = [];
  for (const { params } of descend(ravine(condition), tensor([1, 1], { dtype: "f64" }), optimizer)) {
    const [x, y] = params.readSync() as unknown as readonly [number, number];
    path.push([x, y]);
    if (Math.hypot(x, y) <= SHARE_LEFT * Math.SQRT2) return path;
  }
  return path;
}

/** The share of the way that a path goes across the ravine. */
function shareAcross(path: Path): number {
  let [along, across] = [0, 0];
  for (const [index, [x, y]] of path.slice(1).entries()) {
    along += Math.abs(x - path[index]![0]);
    across += Math.abs(y - path[index]![1]);
  }
  return across / (along + across);
}

function speedClaim(curves: readonly (readonly number[])[]): Claim {
  const limits = DECAYS.map((decay) => (RATE * SLOPE_NORM) / (1 - decay));
  const errors = DECAYS.map((_, index) => Math.abs((curves[index]?.at(-1) ?? 0) / limits[index]! - 1));
  return {
    claim: "If the gradient is always g, momentum accelerates until it moves by ε‖g‖ / (1 − α) in each step: with α = 0.9, ten times as fast as gradient descent.",
    measured: `After ${showNumber(SPEED_STEPS)} steps the speeds with α = ${DECAYS.join(", ")} are ${curves.map((speeds) => showNumber(speeds.at(-1) ?? 0, 4)).join(", ")}; the formula says ${limits.map((limit) => showNumber(limit, 4)).join(", ")}.`,
    held: errors.every((error) => error <= 1e-4),
  };
}

async function run({ signal, progress }: ExperimentContext): Promise<Findings> {
  const speeds = DECAYS.map(speedsOnSlope);
  const descent: (readonly [number, number])[] = [];
  const heavyBall: (readonly [number, number])[] = [];
  for (const [index, condition] of CONDITIONS.entries()) {
    progress(index / CONDITIONS.length);
    await takeTurn(signal);
    descent.push([condition, pathDown(condition, bestDescent(condition)).length - 1]);
    heavyBall.push([condition, pathDown(condition, bestMomentum(condition)).length - 1]);
  }
  const exponents = [powerLaw(descent), powerLaw(heavyBall)] as const;
  const drawnDescent = pathDown(DRAWN_CONDITION, bestDescent(DRAWN_CONDITION)).slice(0, DRAWN_STEPS);
  const drawnMomentum = pathDown(DRAWN_CONDITION, DRAWN_MOMENTUM).slice(0, DRAWN_STEPS);
  const worst = CONDITIONS.length - 1;
  const across = shareAcross(drawnDescent);
  const left = [drawnDescent.at(-1)?.[0] ?? 1, Math.abs(drawnMomentum.at(-1)?.[0] ?? 1)] as const;
  return {
    claims: [
      speedClaim(speeds),
      {
        claim: "In a ravine gradient descent wastes its time going back and forth across, while momentum goes along it.",
        measured: `With κ = ${String(DRAWN_CONDITION)}, ${String(DRAWN_STEPS - 1)} steps of gradient descent spend ${showPercent(across)} of their way across the ravine and leave ${showPercent(left[0])} of the distance along it; those of momentum, with α = 0.9 and ε = 1/κ, leave ${showPercent(left[1])}.`,
        held: across > 0.5 && left[1] < left[0] / 2,
      },
      {
        claim: "Gradient descent needs steps in proportion to the condition number κ, momentum in proportion to its square root.",
        measured: `From κ = ${String(CONDITIONS[0])} to ${showNumber(CONDITIONS[worst] ?? 0)} the steps grow as ${showPower("κ", exponents[0])} and ${showPower("κ", exponents[1])}; at the last, ${showNumber(descent[worst]?.[1] ?? 0)} steps against ${showNumber(heavyBall[worst]?.[1] ?? 0)}.`,
        held: Math.abs(exponents[0] - 1) <= 0.1 && Math.abs(exponents[1] - 0.5) <= 0.1,
      },
    ],
    charts: [
      {
        title: `Paths in a ravine with κ = ${String(DRAWN_CONDITION)}`,
        x: { label: "along" },
        y: { label: "across" },
        series: [
          { name: "gradient descent", points: drawnDescent },
          { name: "momentum", points: drawnMomentum },
        ],
      },
      {
        title: "Steps until a millionth of the distance is left",
        x: { label: "condition number κ", scale: "log" },
        y: { label: "steps", scale: "log" },
        series: [
          { name: "gradient descent", points: descent },
          { name: "momentum", points: heavyBall },
        ],
      },
      {
        title: "Speed on a plane",
        x: { label: "step", scale: "log" },
        y: { label: "‖v‖", scale: "log" },
        series: DECAYS.map((decay, index) => ({ name: `α = ${String(decay)}`, points: (speeds[index] ?? []).map((speed, step) => [step + 1, speed] as const) })),
      },
    ],
    numbers: [
      ["learning rate on the plane", String(RATE)],
      ["‖g‖ on the plane", String(SLOPE_NORM)],
    ],
  };
}

/** Section 8.3.2: what momentum does to the speed, and to the path down a ravine. */
export const momentumInARavine: Experiment = {
  name: "momentum",
  number: 8,
  section: "8.3.2",
  title: "Momentum in a ravine",
  paragraph:
    "Momentum keeps an exponentially decaying sum of past gradients. Where they agree it gathers speed, up to the factor 1/(1 − α); where they alternate, as they do across a ravine, they cancel. Where steps are counted, both methods run at the best constants that theory knows for a quadratic of the given condition number.",
  formula: "v ← α v − ε g,   θ ← θ + v;   terminal velocity  ε‖g‖ / (1 − α)",
  run,
};
