import type { Key, Optimizer, Tensor } from "@opt/core";
import { abs, foldIn, full, randomNormal, splitKey } from "@opt/core";
import { sgd } from "@opt/first-order";
import { inverseTime } from "@opt/schedules";
import { descend } from "../descend.ts";
import type { Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { logSpaced, powerLaw } from "../log-scale.ts";
import { noisyRegression } from "../noisy-regression.ts";
import { showNumber, showPercent, showPower } from "../show-number.ts";
import { takeTurn } from "../take-turn.ts";

type Curve = readonly (readonly [step: number, excess: number])[];

const RUNS = 100;
const STEPS = 20_000;
const CURVATURES = [1, 0.9, 0.8, 0.7, 0.6, 0.5];
const LEAST_CURVATURE = Math.min(...CURVATURES);
const FIRST_RATE = 0.05;
/** Rates of the runs that never decay: the second is half the first. */
const CONSTANT_RATES = [0.05, 0.025] as const;
/** Power laws are read off the last decade and a half, where what the start contributed is gone. */
const SETTLED = 1000;
/** The largest difference from the exponent of the theory: the fit over 100 runs scatters by a few hundredths. */
const EXPONENT_TOLERANCE = 0.1;

/** Follows an optimizer and measures the excess error at steps that are evenly spread on a logarithmic axis. */
async function follow(
  loss: (params: Tensor, step: number) => Tensor,
  start: Tensor,
  optimizer: Optimizer,
  excess: (params: Tensor) => number,
  { signal, progress }: Pick<ExperimentContext, "signal" | "progress">,
): Promise<Curve> {
  const checkpoints = new Set(logSpaced(1, STEPS, 16));
  const curve: (readonly [number, number])[] = [];
  for (const { step, params } of descend(loss, start, optimizer)) {
    if (!checkpoints.has(step)) continue;
    curve.push([step, excess(params)]);
    progress(step / STEPS);
    await takeTurn(signal);
    if (step === STEPS) break;
  }
  return curve;
}

/** `|θ|` with noisy slopes, many runs at once: convex, but flat nowhere and curved nowhere. */
function noisyCorner(key: Key): { start: Tensor; loss: (params: Tensor, step: number) => Tensor; excess: (params: Tensor) => number } {
  return {
    start: full([RUNS], 1, { dtype: "f64" }),
    loss: (params, step) => abs(params).add(randomNormal(foldIn(key, step), [RUNS], { dtype: "f64", standardDeviation: 2 }).mul(params)).sum(),
    excess: (params) => abs(params).mean().item(),
  };
}

function exponentOf(curve: Curve): number {
  return powerLaw(curve.filter(([step]) => step >= SETTLED));
}

function exponentClaim(claim: string, curve: Curve, expected: number): Claim {
  const exponent = exponentOf(curve);
  return {
    claim,
    measured: `From step ${showNumber(SETTLED)} to ${showNumber(STEPS)} the mean of ${String(RUNS)} runs falls as ${showPower("k", exponent)}; the theory says ${showPower("k", expected)}.`,
    held: Math.abs(exponent - expected) <= EXPONENT_TOLERANCE,
  };
}

/** The standard error of a mean over the runs: in each, the excess error is a mean of squares of one normal number for each curvature. */
const RELATIVE_ERROR = Math.sqrt(2 / CURVATURES.length / RUNS);

/** The level at which a constant rate ε stops: `σ²/2 · η / (1 − η)` with `η = Σ ελᵢ / 2(1 − ελᵢ)`, exact for normal inputs (Horowitz and Senne 1981). */
function levelInTheory(rate: number): number {
  const misadjustment = CURVATURES.reduce((sum, curvature) => sum + (rate * curvature) / (2 * (1 - rate * curvature)), 0);
  return misadjustment / (1 - misadjustment) / 2;
}

function plateau(curve: Curve): number {
  const settled = curve.filter(([step]) => step >= SETTLED);
  return settled.reduce((sum, [, excess]) => sum + excess, 0) / settled.length;
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [streamKey, cornerKey] = splitKey(key, 2);
  const regression = noisyRegression(streamKey, { curvatures: CURVATURES, noise: 1, runs: RUNS });
  const corner = noisyCorner(cornerKey);
  const part = (index: number): Pick<ExperimentContext, "signal" | "progress"> => ({ signal, progress: (share) => progress((index + share) / 4) });
  const onStream = (learningRate: number | ((step: number) => number), index: number): Promise<Curve> =>
    follow(regression.loss, regression.start, sgd({ learningRate }), regression.excess, part(index));

  // ε_k tends to 1 / (λ k), the best rate for the least curvature λ.
  const decaying = await onStream(inverseTime({ initial: FIRST_RATE, decay: FIRST_RATE * LEAST_CURVATURE }), 0);
  const constant = await onStream(CONSTANT_RATES[0], 1);
  const smaller = await onStream(CONSTANT_RATES[1], 2);
  const onCorner = await follow(corner.loss, corner.start, sgd({ learningRate: (step) => 0.1 / Math.sqrt(step + 1) }), corner.excess, part(3));

  const levels = [plateau(constant), plateau(smaller)];
  const expected = CONSTANT_RATES.map(levelInTheory);
  const last = decaying.at(-1)?.[1] ?? Number.NaN;
  const aboveBound = decaying.filter(([step]) => step >= SETTLED).map(([step, excess]) => excess / regression.bound(step));
  const closest = Math.min(...aboveBound);
  return {
    claims: [
      {
        claim: "At a constant rate the noise of the gradients does not vanish at the minimum: the excess error stops at a level proportional to the rate.",
        measured: `It stops at ${levels.map((level) => showNumber(level)).join(" and ")} with ε = ${CONSTANT_RATES.join(" and ")}, where theory says ${expected.map((level) => showNumber(level)).join(" and ")}. With a decaying rate it is ${showNumber(last)} at the end.`,
        held: levels.every((level, index) => Math.abs(level / expected[index]! - 1) <= RELATIVE_ERROR) && last < Math.min(...levels) / 10,
      },
      exponentClaim("With Σ ε = ∞ and Σ ε² < ∞, SGD on a strongly convex problem has excess error O(1/k).", decaying, -1),
      exponentClaim("On a problem that is convex only, its excess error is O(1/√k).", onCorner, -0.5),
      {
        claim: "Generalization error cannot fall faster than O(1/k), by the Cramér–Rao bound.",
        measured: `From step ${showNumber(SETTLED)} on the excess error is at least ${showNumber(closest)} times the bound σ²d/2k, which it may miss by chance: the mean of the runs has a standard error of ${showPercent(RELATIVE_ERROR)}.`,
        held: closest >= 1 - 3 * RELATIVE_ERROR,
      },
    ],
    charts: [
      {
        title: "Strongly convex: linear regression on a stream",
        x: { label: "step k", scale: "log" },
        y: { label: "excess error", scale: "log" },
        series: [
          { name: "ε ∝ 1/k", points: decaying },
          { name: `ε = ${String(CONSTANT_RATES[0])}`, points: constant },
          { name: `ε = ${String(CONSTANT_RATES[1])}`, points: smaller },
          { name: "Cramér–Rao bound", points: decaying.filter(([step]) => step >= 10).map(([step]) => [step, regression.bound(step)] as const) },
        ],
      },
      {
        title: "Convex only: |θ| with noisy slopes",
        x: { label: "step k", scale: "log" },
        y: { label: "excess error", scale: "log" },
        series: [
          { name: "ε ∝ 1/√k", points: onCorner },
          { name: "1/√k", points: onCorner.map(([step]) => [step, (onCorner.at(-1)?.[1] ?? 0) * Math.sqrt(STEPS / step)] as const) },
        ],
      },
    ],
    numbers: [
      ["exponent, strongly convex", showNumber(exponentOf(decaying))],
      ["exponent, convex", showNumber(exponentOf(onCorner))],
      ["runs", String(RUNS)],
      ["steps of each", showNumber(STEPS)],
    ],
  };
}

/** Section 8.3.1: what the learning rate must do for stochastic gradient descent to converge, and how fast it then is. */
export const learningRateDecay: Experiment = {
  name: "learning-rate-decay",
  number: 7,
  section: "8.3.1",
  title: "The learning rate of stochastic gradient descent",
  paragraph:
    "A minibatch gradient is noisy even at the minimum, so a constant learning rate leaves the parameters jittering around it. If the rates sum to infinity while their squares do not, the parameters can go anywhere and the noise still averages out. Then the excess error, the expected loss above its minimum, falls like 1/k on strongly convex problems and like 1/√k on convex ones. No method can do better than 1/k on the stream: that is all the information that k examples hold.",
  formula: "J(θₖ) − min J = O(1/k) strongly convex, O(1/√k) convex,   if   Σ εₖ = ∞   and   Σ εₖ² < ∞",
  run,
};
