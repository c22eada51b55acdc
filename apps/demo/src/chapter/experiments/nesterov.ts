import type { Optimizer, Scalar, StateTree, Tensor, TensorTree } from "@opt/core";
import { clone, ones, scalar, square, tensor, treeMap } from "@opt/core";
import { nesterov, sgd, withoutLookAhead } from "@opt/first-order";
import { inverseTime } from "@opt/schedules";
import { descend } from "../descend.ts";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { logSpaced, powerLaw } from "../log-scale.ts";
import type { NoisyRegression } from "../noisy-regression.ts";
import { noisyRegression } from "../noisy-regression.ts";
import { showNumber, showPower } from "../show-number.ts";
import { takeTurn } from "../take-turn.ts";

type Curve = readonly (readonly [step: number, excess: number])[];

const BATCH_STEPS = 3000;
/** Before this the largest curvatures still count, and the power law has not set in. */
const BATCH_SETTLED = 10;
/** Curvatures over ten decades: at each step count some are just being learned, so that it is as if there were no least one. */
const CURVATURES = Array.from({ length: 500 }, (_, index) => 10 ** (-10 * (index / 499)));

const NOISY_STEPS = 20_000;
const NOISY_SETTLED = 1000;
const RUNS = 100;
const MOMENTUM = 0.9;
const FIRST_RATE = 0.05;
const NOISY_CURVATURES = [1, 0.9, 0.8, 0.7, 0.6, 0.5];

/** The state of {@link accelerated}: the step, and the iterate θ that the look-ahead starts from. */
type AcceleratedState = { readonly step: Scalar; readonly iterate: TensorTree };

/**
 * Nesterov's method with the momentum of his proof, (k − 1) / (k + 2) at step k, which rises to 1 and so fits every number of
 * steps. Like `nesterov`, it keeps the interim point as the parameters.
 */
function accelerated(learningRate: number): Optimizer<AcceleratedState> {
  return {
    init: (params) => ({ step: 1, iterate: clone(params) }),
    update: (gradients, { step, iterate }, params) => {
      const momentum = scalar((k) => (k - 1) / (k + 2), step);
      const next = treeMap((param: Tensor, gradient: Tensor) => param.sub(gradient.mul(learningRate)), params, gradients);
      const updates = treeMap(
        (param: Tensor, after: Tensor, before: Tensor) => after.add(after.sub(before).mul(momentum)).sub(param),
        params,
        next,
        iterate as typeof params,
      );
      return { updates, state: { step: scalar((k) => k + 1, step), iterate: next } };
    },
  };
}

/** What a method has left of a smooth convex function at steps that are evenly spread on a logarithmic axis. */
function onConvex<State extends StateTree>(optimizer: Optimizer<State>, iterateOf: (params: Tensor, state: State) => Tensor): Curve {
  const curvatures = tensor(CURVATURES, { dtype: "f64" });
  const loss = (x: Tensor): Tensor => square(x).mul(curvatures).sum().div(2);
  const checkpoints = new Set(logSpaced(1, BATCH_STEPS, 20));
  const curve: (readonly [number, number])[] = [];
  for (const { step, params, state } of descend(loss, ones([CURVATURES.length], { dtype: "f64" }), optimizer)) {
    if (checkpoints.has(step)) curve.push([step, loss(iterateOf(params, state)).item()]);
    if (step === BATCH_STEPS) break;
  }
  return curve;
}

/** The expected excess error of a method on a stream of examples. */
async function onStream<State extends StateTree>(
  { loss, start, excess }: NoisyRegression,
  optimizer: Optimizer<State>,
  iterateOf: (params: Tensor, state: State) => Tensor,
  { signal, progress }: Pick<ExperimentContext, "signal" | "progress">,
): Promise<Curve> {
  const checkpoints = new Set(logSpaced(1, NOISY_STEPS, 16));
  const curve: (readonly [number, number])[] = [];
  for (const { step, params, state } of descend(loss, start, optimizer)) {
    if (!checkpoints.has(step)) continue;
    curve.push([step, excess(iterateOf(params, state))]);
    progress(step / NOISY_STEPS);
    await takeTurn(signal);
    if (step === NOISY_STEPS) break;
  }
  return curve;
}

const itself = (params: Tensor): Tensor => params;

function settled(curve: Curve, from: number): Curve {
  return curve.filter(([step]) => step >= from);
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const plain = onConvex(sgd({ learningRate: 1 }), itself);
  const fast = onConvex(accelerated(1), (_params, state) => state.iterate as Tensor);
  const exponents = [powerLaw(settled(plain, BATCH_SETTLED)), powerLaw(settled(fast, BATCH_SETTLED))] as const;
  const distance = CURVATURES.length;
  const bound = (step: number): number => (2 * distance) / (step + 1) ** 2;
  const closest = Math.max(...fast.map(([step, excess]) => excess / bound(step)));

  const problem = noisyRegression(key, { curvatures: NOISY_CURVATURES, noise: 1, runs: RUNS });
  const schedule = inverseTime({ initial: FIRST_RATE, decay: FIRST_RATE * Math.min(...NOISY_CURVATURES) });
  const part = (index: number): Pick<ExperimentContext, "signal" | "progress"> => ({ signal, progress: (share) => progress((index + share) / 2) });
  const noisyPlain = await onStream(problem, sgd({ learningRate: schedule }), itself, part(0));
  // The terminal velocity is 1 / (1 − α) times the rate, so this one makes both move equally fast.
  const noisyOptimizer = nesterov({ learningRate: (step) => (1 - MOMENTUM) * schedule(step), momentum: MOMENTUM });
  const noisyFast = await onStream(problem, noisyOptimizer, (params, state) => withoutLookAhead(params, state, { momentum: MOMENTUM }), part(1));
  const noisyExponents = [powerLaw(settled(noisyPlain, NOISY_SETTLED)), powerLaw(settled(noisyFast, NOISY_SETTLED))] as const;
  const ratios = settled(noisyFast, NOISY_SETTLED).map(([, excess], index) => excess / (settled(noisyPlain, NOISY_SETTLED)[index]?.[1] ?? 0));
  const meanRatio = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  return {
    claims: [
      {
        claim: "In the convex batch case Nesterov momentum brings the excess error from O(1/k) to O(1/k²).",
        measured: `From step ${String(BATCH_SETTLED)} to ${showNumber(BATCH_STEPS)} gradient descent falls as ${showPower("k", exponents[0])}, Nesterov's method as ${showPower("k", exponents[1])}; it never exceeds ${showNumber(closest)} times the bound 2L‖θ₀ − θ*‖² / (k + 1)² of his proof.`,
        held: exponents[0] > -1.2 && exponents[1] < -1.8 && closest <= 1,
      },
      {
        claim: "In the stochastic gradient case Nesterov momentum does not improve the rate of convergence.",
        measured: `On a stream of examples SGD falls as ${showPower("k", noisyExponents[0])} and Nesterov momentum as ${showPower("k", noisyExponents[1])} from step ${showNumber(NOISY_SETTLED)} on; its excess error is ${showNumber(meanRatio)} times that of SGD.`,
        held: noisyExponents.every((exponent) => Math.abs(exponent + 1) <= 0.15) && Math.abs(meanRatio - 1) <= 0.15,
      },
    ],
    charts: [
      {
        title: "Whole gradients of a convex function",
        x: { label: "step k", scale: "log" },
        y: { label: "excess error", scale: "log" },
        series: [
          { name: "gradient descent", points: plain },
          { name: "Nesterov momentum", points: fast },
          { name: "Nesterov's bound", points: fast.map(([step]) => [step, bound(step)] as const) },
        ],
      },
      {
        title: "Noisy gradients, rate ∝ 1/k",
        x: { label: "step k", scale: "log" },
        y: { label: "excess error", scale: "log" },
        series: [
          { name: "SGD", points: noisyPlain },
          { name: "Nesterov momentum", points: noisyFast },
        ],
      },
    ],
    numbers: [
      ["exponents with whole gradients", exponents.map((exponent) => showNumber(exponent)).join(" and ")],
      ["exponents with noisy ones", noisyExponents.map((exponent) => showNumber(exponent)).join(" and ")],
      ["runs on the stream", String(RUNS)],
    ],
  };
}

/** Section 8.3.3: what Nesterov's look-ahead gains with whole gradients, and that it gains nothing with noisy ones. */
export const nesterovMomentum: Experiment = {
  name: "nesterov",
  number: 9,
  section: "8.3.3",
  title: "Nesterov momentum, with and without noise",
  paragraph:
    "Nesterov momentum evaluates the gradient after the velocity has been applied, which corrects the velocity before it overshoots. On convex functions with exact gradients no first-order method can have a better rate than it has. With minibatches the noise of the gradients, not the path, limits how fast the error can fall, and the advantage is gone.",
  formula: "v ← α v − ε ∇J(θ + α v),   θ ← θ + v;   J(θₖ) − min J ≤ 2L‖θ₀ − θ*‖² / (k + 1)²",
  run,
};
