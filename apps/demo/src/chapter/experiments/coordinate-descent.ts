import type { Key, Tensor } from "@opt/core";
import { abs, less, randomNormal, randomUniform, splitKey, sqrt, square, tensor, where, zeros } from "@opt/core";
import { adam } from "@opt/first-order";
import type { SparseCodingResult } from "@opt/strategies";
import { coordinateDescent, coordinateSweeps, solveWith, sparseCoding, sparseEncode } from "@opt/strategies";
import type { Chart, Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent } from "../show-number.ts";
import { takeTurn } from "../take-turn.ts";

const EXAMPLES = 300;
const LENGTH = 16;
const ATOMS = 12;
/** The probability that an atom is part of an example. */
const ACTIVE = 0.15;
const NOISE = 0.05;
const PENALTY = 0.2;
const ROUNDS = 200;
/** Enough for descent on both matrices at once to come to rest. */
const JOINT_STEPS = 3000;

const ALPHAS = [1, 0.1, 0.01, 0.001];
const MOST_SWEEPS = 2000;
const SWEEPS_DRAWN = 120;
/** Smaller errors would only stretch the figure. */
const SMALLEST_DRAWN = 1e-8;

/** Scales each row to length 1. */
function unitRows(matrix: Tensor): Tensor {
  return matrix.div(sqrt(square(matrix).sum(1, { keepDims: true })));
}

/** The book's `J(H, W) = λ Σ|H| + Σ(X − HW)²`. */
function objective(data: Tensor, codes: Tensor, dictionary: Tensor): Tensor {
  return abs(codes).sum().mul(PENALTY).add(square(data.sub(codes.matmul(dictionary))).sum());
}

/** What a run with one key found out about sparse coding. */
interface SparseRun {
  readonly found: SparseCodingResult;
  /** J of the dictionary that made the data, with the best codes for it. */
  readonly planted: number;
  /** J where descent on both matrices at once ended, and its share of activations that are not 0. */
  readonly joint: number;
  readonly jointDensity: number;
  /** J half-way between two equally good solutions, `(H, W)` and `(−H, −W)`. */
  readonly between: number;
}

function runSparseCoding(key: Key): SparseRun {
  const [atomKey, chosenKey, activationKey, noiseKey, startKey] = splitKey(key, 5);
  const f64 = { dtype: "f64" } as const;
  const atoms = unitRows(randomNormal(atomKey, [ATOMS, LENGTH], f64));
  const isActive = less(randomUniform(chosenKey, [EXAMPLES, ATOMS], f64), ACTIVE);
  const truth = where(isActive, randomNormal(activationKey, [EXAMPLES, ATOMS], f64), 0);
  const data = truth.matmul(atoms).add(randomNormal(noiseKey, [EXAMPLES, LENGTH], { ...f64, standardDeviation: NOISE }));

  const found = sparseCoding({ data, atoms: ATOMS, key: startKey, penalty: PENALTY, maxRounds: ROUNDS });
  const descend = solveWith({ optimizer: adam({ learningRate: 0.01 }), steps: JOINT_STEPS });
  const loss = ({ codes, dictionary }: { codes: Tensor; dictionary: Tensor }): Tensor => objective(data, codes, unitRows(dictionary));
  const start = { codes: zeros([EXAMPLES, ATOMS], f64), dictionary: randomNormal(startKey, [ATOMS, LENGTH], f64) };
  const joint = descend(loss, start);
  const jointCodes = Array.from(joint.codes.readSync());
  return {
    found,
    planted: sparseEncode({ data, dictionary: atoms, penalty: PENALTY }).value,
    joint: loss(joint).item(),
    jointDensity: jointCodes.filter((activation) => activation !== 0).length / jointCodes.length,
    between: objective(data, zeros([EXAMPLES, ATOMS], f64), atoms).item(),
  };
}

/** The two coordinates of the coupled problem. */
type Pair = { readonly first: Tensor; readonly second: Tensor };

/** How coordinate descent did on `(x₁ − x₂)² + α(x₁² + x₂²)`. */
interface CoupledRun {
  readonly alpha: number;
  /** |x₂| at the start and after each sweep. */
  readonly distances: readonly number[];
  /** What |x₂| is multiplied by in a sweep. */
  readonly rate: number;
  /** How many sweeps divide |x₂| by ten. */
  readonly sweepsForTenth: number;
  /** How many steps both coordinates need when they move together. */
  readonly stepsTogether: number;
}

function runCoupled(alpha: number): CoupledRun {
  const loss = ({ first, second }: Pair): Tensor => square(first.sub(second)).add(square(first).add(square(second)).mul(alpha)).sum();
  const start = { first: tensor(1, { dtype: "f64" }), second: tensor(1, { dtype: "f64" }) };
  const distances = [1];
  for (const { x } of coordinateSweeps(loss, start, { maxSweeps: MOST_SWEEPS, tolerance: 1e-12 })) {
    distances.push(Math.abs(x.second.item()));
    if (distances.at(-1)! <= 0.1 && distances.length > SWEEPS_DRAWN) break;
  }
  return {
    alpha,
    distances,
    rate: distances[2]! / distances[1]!,
    sweepsForTenth: distances.findIndex((distance) => distance <= 0.1),
    stepsTogether: coordinateDescent(loss, start, { blocks: [["first", "second"]] }).sweeps,
  };
}

function sparseClaims({ found, planted, joint, jointDensity, between }: SparseRun): Claim[] {
  const steps = found.history.slice(1).map((value, index) => value - found.history[index]!);
  const worst = Math.max(...steps);
  return [
    {
      claim: "Sparse coding's J(H, W) is not convex in codes and dictionary together.",
      measured: `J is ${showNumber(found.value)} at (H, W) and at (−H, −W), but ${showNumber(between)} half-way between them.`,
      held: between > found.value,
    },
    {
      claim: "Each half alone is convex, so solving one after the other never raises J.",
      measured: `The largest change of J in ${String(steps.length)} half rounds: ${showNumber(worst)}.`,
      // Rounding of a sum of thousands of squares.
      held: worst <= 1e-9 * found.value,
    },
    {
      claim: "Alternating between the two halves finds a good optimum.",
      measured: `J = ${showNumber(found.value, 5)}; with the dictionary that made the data ${showNumber(planted, 5)}; by ${String(JOINT_STEPS)} steps of Adam on both at once ${showNumber(joint, 5)}. Activations that are not 0: ${showPercent(found.density)}, with Adam ${showPercent(jointDensity)}.`,
      held: found.value <= planted && found.value <= joint,
    },
  ];
}

function coupledClaims(runs: readonly CoupledRun[]): Claim[] {
  const errors = runs.map(({ alpha, rate }) => Math.abs(rate * (1 + alpha) ** 2 - 1));
  const slowest = runs.at(-1)!;
  const before = runs.at(-2)!;
  const ratio = slowest.sweepsForTenth / before.sweepsForTenth;
  return [
    {
      claim: "On (x₁ − x₂)² + α(x₁² + x₂²) each sweep multiplies the error by 1/(1 + α)², so that coordinate descent becomes as slow as one likes when α → 0.",
      measured: `The factor differs from theory by at most ${showNumber(Math.max(...errors))}; a tenth of the error takes ${runs.map(({ alpha, sweepsForTenth }) => `${showNumber(sweepsForTenth)} sweeps for α = ${showNumber(alpha)}`).join(", ")}: ${showNumber(ratio)} times as many for a tenth of α.`,
      held: Math.max(...errors) < 1e-6 && ratio > 9,
    },
    {
      claim: "Newton's method solves the same problem in one step, because it moves both coordinates together.",
      measured: `Steps needed: ${runs.map(({ stepsTogether }) => String(stepsTogether)).join(", ")}.`,
      held: runs.every(({ stepsTogether }) => stepsTogether === 1),
    },
  ];
}

function drawCharts({ found, planted, joint }: SparseRun, runs: readonly CoupledRun[]): Chart[] {
  const last = found.history.length;
  return [
    {
      title: "Sparse coding: J after every half round",
      x: { label: "half rounds", scale: "log" },
      y: { label: "J(H, W)", scale: "log" },
      series: [
        { name: "coordinate descent", points: found.history.map((value, index) => [index + 1, value] as const) },
        { name: "the dictionary that made the data", points: [[1, planted], [last, planted]] },
        { name: "Adam on both at once, at its end", points: [[1, joint], [last, joint]] },
      ],
    },
    {
      title: "(x₁ − x₂)² + α(x₁² + x₂²): error after every sweep",
      x: { label: "sweeps over both coordinates" },
      y: { label: "|x₂|", scale: "log" },
      series: runs.map(({ alpha, distances }) => ({
        name: `α = ${showNumber(alpha)}`,
        points: distances.slice(0, SWEEPS_DRAWN + 1).flatMap((distance, sweep) => (distance >= SMALLEST_DRAWN ? [[sweep, distance] as const] : [])),
      })),
    },
  ];
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const sparse = runSparseCoding(key);
  progress(0.7);
  signal.throwIfAborted();
  const coupled: CoupledRun[] = [];
  for (const alpha of ALPHAS) {
    coupled.push(runCoupled(alpha));
    progress(0.7 + (0.3 * coupled.length) / ALPHAS.length);
    await takeTurn(signal);
  }
  return {
    claims: [...sparseClaims(sparse), ...coupledClaims(coupled)],
    charts: drawCharts(sparse, coupled),
    numbers: [
      ["rounds of sparse coding", `${String(sparse.found.rounds)}, ${sparse.found.status}`],
      ["activations that are not 0 (the data were made with)", `${showPercent(sparse.found.density)} (${showPercent(ACTIVE)})`],
    ],
  };
}

/** Section 8.7.2: one group of parameters at a time. */
export const coordinateDescentExperiment: Experiment = {
  name: "coordinate-descent",
  number: 14,
  section: "8.7.2",
  title: "Coordinate descent: one group of parameters at a time",
  paragraph:
    "Some losses are hard in all parameters together and easy in each group alone. Sparse coding is the book's example: a dictionary W and sparse codes H " +
    "that explain data X. With W fixed the codes are convex to find, with H fixed the dictionary is, and alternating between the two never raises the loss. " +
    "But where coordinates pull each other, moving one at a time is slow: each move is held back by the coordinate that stands still.",
  formula: "J(H, W) = λ Σ|H| + Σ(X − HW)²;   f(x) = (x₁ − x₂)² + α(x₁² + x₂²)",
  run,
};
