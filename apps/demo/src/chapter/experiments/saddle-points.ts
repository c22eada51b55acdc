import type { Key, Tensor } from "@opt/core";
import { foldIn, splitKey, square, tensor } from "@opt/core";
import { twoMoons } from "@opt/data";
import type { CriticalPoint } from "@opt/diagnostics";
import { criticalPoint } from "@opt/diagnostics";
import { normal } from "@opt/init";
import type { MlpParams } from "@opt/nn";
import { mlp } from "@opt/nn";
import type { Method } from "@opt/second-order";
import { backtracking, fixedStep, minimize, minimizeSteps, newton, saddleFreeNewton, steepest } from "@opt/second-order";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showRange } from "../show-number.ts";
import { takeTurn } from "../take-turn.ts";

type Curve = readonly (readonly [x: number, y: number])[];

const RATE = 0.1;
const DISTANCES = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8];
const DRAWN_DISTANCE = 1e-2;
/** Half of the way from the saddle's height, 0, down to the minima at −¼. */
const ESCAPED = -0.125;

const EXAMPLES = 100;
const NETWORKS = 6;
const NETWORK_STEPS = 1500;
/** How large the weights are at first: near the saddle point where all are zero. */
const WEIGHTS = 0.02;
/** The Hessian has zero eigenvalues at the saddle of the network; so little regularization moves no other eigenvalue. */
const NETWORK_REGULARIZATION = 1e-6;

const methods: Readonly<Record<"gradient descent" | "Newton" | "saddle-free Newton", Method>> = {
  "gradient descent": { direction: steepest(), search: fixedStep(RATE) },
  Newton: { direction: newton({ regularization: NETWORK_REGULARIZATION }), search: fixedStep(1) },
  "saddle-free Newton": { direction: saddleFreeNewton({ floor: 1e-3 }), search: backtracking() },
};
type MethodName = keyof typeof methods;
const names = Object.keys(methods) as MethodName[];

/** `½x² + ¼y⁴ − ½y²`: a saddle point of height 0 at the origin between two minima of height −¼ at (0, ±1). */
function pass(point: Tensor): Tensor {
  const squares = square(point);
  return squares.mul(tensor([0.5, -0.5], { dtype: "f64" })).add(square(squares).mul(tensor([0, 0.25], { dtype: "f64" }))).sum();
}

/** Where a method goes from (1, distance), and when it has gone half of the way down. */
function cross(name: MethodName, distance: number): { path: Curve; escapedAfter: number; value: number } {
  const path: (readonly [number, number])[] = [];
  let escapedAfter = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { step, x, value } of minimizeSteps(pass, tensor([1, distance], { dtype: "f64" }), { method: methods[name], maxSteps: 1000, tolerance: 1e-10 })) {
    const [along = 0, across = 0] = x.readSync();
    path.push([along, across]);
    last = value;
    if (value <= ESCAPED) escapedAfter = Math.min(escapedAfter, step);
  }
  return { path, escapedAfter, value: last };
}

/** Where a method takes one network. */
interface NetworkRun {
  readonly curve: Curve;
  readonly loss: number;
  readonly end: CriticalPoint;
}

/** Trains a 2-3-1 network on two moons from weights near zero: at zero the network says 0 whatever it sees, and no weight matters alone. */
function networkRuns(key: Key): { runs: Readonly<Record<MethodName, NetworkRun>>; saddleLoss: number } {
  const [dataKey, paramsKey] = splitKey(key, 2);
  const net = mlp({ sizes: [2, 3, 1], activation: "tanh", weightInitializer: normal({ standardDeviation: WEIGHTS }) });
  const data = twoMoons({ count: EXAMPLES, key: dataKey });
  const inputs = tensor(Float64Array.from(data.inputs), { shape: [EXAMPLES, 2] });
  const targets = tensor(Float64Array.from(data.targets, (label) => 2 * label - 1), { shape: [EXAMPLES, 1] });
  const loss = (params: MlpParams): Tensor => square(net.apply(params, inputs).sub(targets)).mean();
  const kindOf = criticalPoint(loss);
  const start = net.init(paramsKey, { dtype: "f64" });
  const train = (name: MethodName): NetworkRun => {
    const curve: (readonly [number, number])[] = [];
    const result = minimize(loss, start, {
      method: methods[name],
      maxSteps: name === "gradient descent" ? NETWORK_STEPS : NETWORK_STEPS / 10,
      tolerance: 1e-8,
      callback: ({ step, value }) => curve.push([step, value]),
    });
    return { curve, loss: result.value, end: kindOf(result.x) };
  };
  const runs = { "gradient descent": train("gradient descent"), Newton: train("Newton"), "saddle-free Newton": train("saddle-free Newton") };
  // With all weights zero the best constant output is the mean of the targets.
  const saddleLoss = square(targets.sub(targets.mean())).mean().item();
  return { runs, saddleLoss };
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const crossings = DISTANCES.map((distance) => ({ distance, ...cross("gradient descent", distance) }));
  const drawn = names.map((name) => ({ name, ...cross(name, DRAWN_DISTANCE) }));
  const first = crossings[0]!;
  const last = crossings.at(-1)!;
  const perDecade = (last.escapedAfter - first.escapedAfter) / Math.log10(first.distance / last.distance);
  // Near the saddle the distance grows by the factor 1 + ε in each step, since the curvature there is −1.
  const perDecadeInTheory = Math.LN10 / Math.log(1 + RATE);

  const networks: ReturnType<typeof networkRuns>[] = [];
  for (let index = 0; index < NETWORKS; index++) {
    progress(index / NETWORKS);
    await takeTurn(signal);
    networks.push(networkRuns(foldIn(key, index)));
  }
  const losses = (name: MethodName): number[] => networks.map(({ runs }) => runs[name].loss);
  const trapped = networks.filter(({ runs, saddleLoss }) => Math.abs(runs.Newton.loss - saddleLoss) <= 1e-3 && runs.Newton.end.smallestEigenvalue < -1e-3);
  const least = networks.map(({ runs }) => runs.Newton.end.smallestEigenvalue);
  const saddles = networks.map(({ saddleLoss }) => saddleLoss);
  const left = (name: MethodName): boolean => losses(name).every((loss, index) => loss < saddles[index]! / 2);
  return {
    claims: [
      {
        claim: "Gradient descent escapes from saddle points, in a time that grows only with the logarithm of its distance from the way in.",
        measured: `From ${showNumber(first.distance)} beside the way in it leaves after ${String(first.escapedAfter)} steps, from ${showNumber(last.distance)} after ${String(last.escapedAfter)}: ${showNumber(perDecade)} steps more for each factor of ten, where theory says ln 10 / ln(1 + ε) = ${showNumber(perDecadeInTheory)}.`,
        held: crossings.every(({ value }) => value < -0.2499) && Math.abs(perDecade / perDecadeInTheory - 1) <= 0.05,
      },
      {
        claim: "It escapes from the saddle point of a real network, too.",
        measured: `${String(NETWORKS)} networks that start near zero weights, where the loss is ${showRange(saddles)}, come to losses of ${showRange(losses("gradient descent"))}.`,
        held: left("gradient descent"),
      },
      {
        claim: "Newton's method solves for a point where the gradient is zero, and so jumps to the saddle point.",
        measured: `${String(trapped.length)} of ${String(NETWORKS)} networks end at the loss of the saddle point, ${showRange(losses("Newton"))}, where the smallest eigenvalue of the Hessian is ${showRange(least)}: there are ways down.`,
        held: trapped.length > NETWORKS / 2 && Math.abs(drawn[1]?.value ?? 1) < 1e-6,
      },
      {
        claim: "Saddle-free Newton, which takes the curvatures by their absolute values, leaves it.",
        measured: `Its networks come to losses of ${showRange(losses("saddle-free Newton"))} in a tenth of the steps of gradient descent.`,
        held: left("saddle-free Newton") && (drawn[2]?.value ?? 0) < -0.2499,
      },
    ],
    charts: [
      {
        title: "Paths from (1, 0.01), with the saddle at the origin",
        x: { label: "x" },
        y: { label: "y" },
        series: drawn.map(({ name, path }) => ({ name, points: path })),
      },
      {
        title: "A network that starts near zero weights",
        x: { label: "step", scale: "log" },
        y: { label: "training loss", scale: "log" },
        series: names.map((name) => ({ name, points: networks[0]!.runs[name].curve.map(([step, loss]) => [step + 1, loss] as const) })),
      },
      {
        title: "Steps until gradient descent has left",
        x: { label: "distance from the way in", scale: "log" },
        y: { label: "steps" },
        series: [{ name: "gradient descent", points: crossings.map(({ distance, escapedAfter }) => [distance, escapedAfter] as const), style: "dots" }],
      },
    ],
    numbers: names.map((name) => {
      const { kind, index, smallestEigenvalue, largestEigenvalue } = networks[0]!.runs[name].end;
      const ends = `${showNumber(smallestEigenvalue)} to ${showNumber(largestEigenvalue)}`;
      return [`first network, ${name}`, `${kind === "not-critical" ? "not critical" : `${kind} of index ${String(index)}`}; eigenvalues ${ends}`] as const;
    }),
  };
}

/** Section 8.2.3: which methods get away from saddle points. */
export const saddlePoints: Experiment = {
  name: "saddle-points",
  number: 4,
  section: "8.2.3",
  title: "Saddle points",
  paragraph:
    "In many dimensions saddle points outnumber minima. Gradient descent follows the slope, which points away from the saddle along its directions of negative curvature, however weakly at first. Newton's method solves for a point of zero gradient, and a saddle point is one. The pass ½x² + ¼y⁴ − ½y² shows both in two dimensions; a small network near zero weights, where every unit waits for the others, shows them in thirteen.",
  formula: "gradient descent  θ ← θ − εg;   Newton  θ ← θ − H⁻¹g;   saddle-free Newton  θ ← θ − |H|⁻¹g,  |H| = Σ |λᵢ| vᵢvᵢᵀ",
  run,
};
