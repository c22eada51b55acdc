import type { Key, Tensor } from "@opt/core";
import { compile, fromArray, grad, foldIn, ones, randomNormal, splitKey, square, zeros } from "@opt/core";
import { growth, spectralRadius } from "@opt/diagnostics";
import { orthogonal } from "@opt/init";
import type { Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber } from "../show-number.ts";
import { takeTurn } from "../take-turn.ts";

const UNITS = 32;
const STEPS = 100;
const RADII = [0.9, 1, 1.1];
/** The second largest eigenvalue, as a share of the largest: after t steps what lies along it has lost the factor 0.8ᵗ. */
const SECOND = 0.8;
/** From so many steps before the end on, only the dominant eigenvalue is left to see. */
const SETTLED = 50;

const LAYERS = 20;
const WIDTH = 64;
const NETWORKS = 100;
const WANTED_VARIANCES = [0.01, 1, 100];

/** A symmetric matrix with the dominant eigenvalue `radius` and all others at most {@link SECOND} times as large. */
function recurrentWeight(key: Key, radius: number): { weight: Tensor; principal: Float64Array } {
  const vectors = orthogonal()(key, [UNITS, UNITS], { dtype: "f64" });
  const eigenvalues = Float64Array.from({ length: UNITS }, (_, index) => (index === 0 ? radius : SECOND * radius * Math.cos(index - 1)));
  const scaled = vectors.mul(fromArray(eigenvalues, [1, UNITS]));
  const elements = vectors.readSync();
  return { weight: scaled.matmul(vectors.transpose()), principal: Float64Array.from({ length: UNITS }, (_, row) => elements[row * UNITS] ?? 0) };
}

/** The gradients of the sum of the last state with respect to each earlier state, latest first, by backpropagation through time. */
function gradientsThroughTime(weight: Tensor): Float64Array[] {
  // What is added to each state has the same gradient as the state itself.
  const lastState = (added: readonly Tensor[]): Tensor =>
    added.reduce((state, extra) => state.matmul(weight).add(extra), zeros([1, UNITS], { dtype: "f64" })).sum();
  const gradients = compile(grad(lastState))(Array.from({ length: STEPS + 1 }, () => zeros([1, UNITS], { dtype: "f64" })));
  return gradients.map((gradient) => Float64Array.from(gradient.readSync())).reverse();
}

function norm(vector: Float64Array): number {
  return Math.hypot(...vector);
}

/** The sine of the angle between a vector and a unit vector. */
function sineBetween(vector: Float64Array, unit: Float64Array): number {
  const along = vector.reduce((sum, element, index) => sum + element * unit[index]!, 0);
  return norm(vector.map((element, index) => element - along * unit[index]!)) / norm(vector);
}

/** One recurrence, and the gradients through it. */
interface Recurrence {
  readonly radius: number;
  /** The dominant eigenvalue that the power method finds in the matrix. */
  readonly found: number;
  readonly norms: readonly number[];
  readonly sines: readonly number[];
}

function measureRecurrence(key: Key, radius: number): Recurrence {
  const { weight, principal } = recurrentWeight(key, radius);
  const gradients = gradientsThroughTime(weight);
  return {
    radius,
    found: spectralRadius(weight).radius,
    norms: gradients.map(norm),
    sines: gradients.map((gradient) => sineBetween(gradient, principal)),
  };
}

/** The mean square of the outputs of many deep linear networks, each with weights of its own in every layer, of variance v / width. */
async function meanSquareOfOutputs(key: Key, variance: number, signal: AbortSignal): Promise<number> {
  const output = compile((netKey: Key) => {
    let state = ones([1, WIDTH]);
    for (let layer = 0; layer < LAYERS; layer++) {
      state = state.matmul(randomNormal(foldIn(netKey, layer), [WIDTH, WIDTH], { standardDeviation: Math.sqrt(variance / WIDTH) }));
    }
    return square(state).mean();
  });
  let total = 0;
  for (let net = 0; net < NETWORKS; net++) {
    total += output(foldIn(key, net)).item();
    if (net % 20 === 0) await takeTurn(signal);
  }
  return total / NETWORKS;
}

function rateClaim(recurrences: readonly Recurrence[]): Claim {
  const rates = recurrences.map(({ norms }) => growth(norms.slice(SETTLED)).factor);
  const list = (values: readonly number[]): string => values.map((value) => showNumber(value, 4)).join(", ");
  return {
    claim: "The gradient through t steps of a recurrence scales as Wᵗ does: by the dominant eigenvalue for every step.",
    measured: `The power method finds the dominant eigenvalues ${list(recurrences.map(({ found }) => found))}; backpropagated gradients change by ${list(rates)} a step.`,
    held: rates.every((rate, index) => Math.abs(rate / recurrences[index]!.found - 1) <= 1e-3),
  };
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [weightKey, networkKey] = splitKey(key, 2);
  const recurrences: Recurrence[] = [];
  for (const [index, radius] of RADII.entries()) {
    recurrences.push(measureRecurrence(foldIn(weightKey, index), radius));
    progress((index + 1) / 6);
    await takeTurn(signal);
  }
  const measured: number[] = [];
  for (const [index, wanted] of WANTED_VARIANCES.entries()) {
    measured.push(await meanSquareOfOutputs(foldIn(networkKey, index), wanted ** (1 / LAYERS), signal));
    progress((index + 4) / 6);
  }
  // The logarithm of the squared length is a sum of LAYERS terms of variance 2 / WIDTH, so the square itself is log-normal.
  const relativeError = Math.sqrt(Math.expm1((2 * LAYERS) / WIDTH) / NETWORKS);
  const totals = recurrences.map(({ norms }) => growth(norms));
  const [vanishing, , exploding] = totals;
  const sine = recurrences[1]!.sines;
  return {
    claims: [
      rateClaim(recurrences),
      {
        claim: "Eigenvalues below 1 make it vanish, eigenvalues above 1 make it explode.",
        measured: `Over ${String(STEPS)} steps the gradient changes by the factor ${totals.map(({ total }) => showNumber(total)).join(", ")} with the eigenvalues ${RADII.join(", ")}.`,
        held: vanishing?.verdict === "vanishing" && exploding?.verdict === "exploding",
      },
      {
        claim: "As the power method does, the recurrence discards whatever is orthogonal to the principal eigenvector.",
        measured: `The sine of the angle to it falls from ${showNumber(sine[0]!)} to ${showNumber(sine[SETTLED]!)} in ${String(SETTLED)} steps; the second eigenvalue allows ${showNumber((sine[0]! / Math.sqrt(1 - sine[0]! ** 2)) * SECOND ** SETTLED)} at most.`,
        held: sine[SETTLED]! <= (sine[0]! / Math.sqrt(1 - sine[0]! ** 2)) * SECOND ** SETTLED * 1.001,
      },
      {
        claim: "A deep network with different weights in each layer can avoid this: with variance ⁿ√v* in each of n layers its output has the variance v*.",
        measured: `${String(NETWORKS)} networks of ${String(LAYERS)} layers have outputs of mean square ${measured.map((value) => showNumber(value)).join(", ")} where ${WANTED_VARIANCES.join(", ")} was wanted; the standard error is ${showNumber(100 * relativeError)} %.`,
        held: measured.every((value, index) => Math.abs(value / WANTED_VARIANCES[index]! - 1) <= 3 * relativeError),
      },
    ],
    charts: [
      {
        title: "Gradient of the last state, by how far back",
        x: { label: "steps back" },
        y: { label: "norm of the gradient", scale: "log" },
        series: recurrences.map(({ radius, norms }) => ({ name: `largest eigenvalue ${String(radius)}`, points: norms.map((value, step) => [step, value] as const) })),
      },
      {
        title: "What is left beside the principal eigenvector",
        x: { label: "steps back" },
        y: { label: "sine of the angle", scale: "log" },
        // Below this the sine is rounding error.
        series: [{ name: "gradient", points: sine.map((value, step) => [step, value > 1e-14 ? value : Number.NaN] as const) }],
      },
    ],
    numbers: [],
  };
}

/** Section 8.2.5: what many steps of one matrix do to a gradient. */
export const longTermDependencies: Experiment = {
  name: "long-term-dependencies",
  number: 6,
  section: "8.2.5",
  title: "Powers of a matrix: vanishing and exploding gradients",
  paragraph:
    "A recurrent network multiplies by the same matrix at every step. Along an eigenvector t steps multiply by λᵗ, so gradients die out or blow up exponentially, and everything but the principal direction is forgotten. A feedforward network has different weights in every layer, whose scale can be chosen so that neither happens.",
  formula: "Wᵗ = (V diag(λ) V⁻¹)ᵗ = V diag(λ)ᵗ V⁻¹",
  run,
};
