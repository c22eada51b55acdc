import type { Key, Tensor } from "@opt/core";
import { fromArray, hessian, ones, splitKey, square } from "@opt/core";
import { sgd } from "@opt/first-order";
import { continuation, smoothedLoss, solveWith } from "@opt/strategies";
import type { Chart, ChartSeries, Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import type { Landscapes } from "../continuation/landscapes.ts";
import { drawLandscapes } from "../continuation/landscapes.ts";
import { showNumber, showPercent } from "../show-number.ts";
import { takeTurn } from "../take-turn.ts";

const LANDSCAPES = 20;
const STARTS = 20;
const SIGMAS = [1.5, 1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0];
/** A rate below 1 / curvature everywhere: the curvature is at most 1 + Σ‖w‖² ≤ 1 + 12 · 50. */
const LEARNING_RATE = 0.0016;
const STEPS = 400;
const GRID_STEP = 0.1;
/** Values that differ by less belong to the same minimum. */
const SAME = 1e-3;

/** The figure's start, and the blurs that it shows. */
const PICTURE_START = 4;
const PICTURE_SIGMAS = [1.5, 0.7, 0.35, 0];

const solve = solveWith({ optimizer: sgd({ learningRate: LEARNING_RATE }), steps: STEPS });

/** Where the runs ended, a value for each start. */
interface Comparison {
  /** The share of starts from which the lowest minimum was found, by descent and by continuation. */
  readonly descentFound: number;
  readonly continuationFound: number;
  /** The share of starts from which continuation ended at least as low as descent. */
  readonly asLow: number;
  /** In how many landscapes continuation missed the lowest minimum from most starts. */
  readonly missed: number;
}

/** The blurred losses of all points together: each point then moves as if it were alone. */
function familyOf({ values }: Landscapes): (sigma: number) => (points: Tensor) => Tensor {
  return (sigma) => (points) => values(points, sigma).sum();
}

function shareOf(values: readonly boolean[]): number {
  return values.filter(Boolean).length / values.length;
}

/** The part of a list with an entry for each start that belongs to one landscape. */
function startsOf<Entry>(entries: readonly Entry[], landscape: number): readonly Entry[] {
  return entries.slice(landscape * STARTS, (landscape + 1) * STARTS);
}

async function compare(key: Key, signal: AbortSignal): Promise<Comparison> {
  const [landscapeKey, startKey] = splitKey(key, 2);
  const landscapes = drawLandscapes(landscapeKey, { landscapes: LANDSCAPES, dimensions: 2 });
  const family = familyOf(landscapes);
  const starts = landscapes.drawStarts(startKey, STARTS);
  const valuesAt = (points: Tensor): number[] => Array.from(landscapes.values(points, 0).readSync());

  const descent = valuesAt(solve(family(0), starts));
  await takeTurn(signal);
  const path = await continuation({ smoothed: family, sigmas: SIGMAS, solve, params: starts, signal });
  signal.throwIfAborted();
  const continued = valuesAt(path.params);
  const onGrid = valuesAt(solve(family(0), landscapes.lowestOnGrid(GRID_STEP)));
  const lowest = onGrid.map((value, landscape) => Math.min(value, ...startsOf(descent, landscape), ...startsOf(continued, landscape)));
  const isLowest = (value: number, index: number): boolean => value < lowest[Math.floor(index / STARTS)]! + SAME;
  const found = continued.map(isLowest);
  return {
    descentFound: shareOf(descent.map(isLowest)),
    continuationFound: shareOf(found),
    asLow: shareOf(continued.map((value, index) => value < descent[index]! + SAME)),
    missed: onGrid.filter((_, landscape) => shareOf(startsOf(found, landscape)) < 0.5).length,
  };
}

/** A landscape of one dimension as it comes out of the blur, with the way down through it. */
async function drawPath(key: Key): Promise<Chart> {
  const landscape = drawLandscapes(key, { landscapes: 1, dimensions: 1 });
  const family = familyOf(landscape);
  const start = ones([1, 1, 1], { dtype: "f64" }).mul(PICTURE_START);
  const { stages } = await continuation({ smoothed: family, sigmas: SIGMAS, solve, params: start });
  const dot = (points: Tensor, sigma: number): readonly [number, number] => [points.item(), landscape.values(points, sigma).item()];
  const places = Float64Array.from({ length: 401 }, (_, index) => (index - 200) / 40);
  const curves = PICTURE_SIGMAS.map((sigma): ChartSeries => {
    const values = landscape.values(fromArray(places, [1, places.length, 1]), sigma).readSync();
    return { name: sigma === 0 ? "the loss itself" : `blurred, σ = ${showNumber(sigma)}`, points: Array.from(places, (place, index) => [place, values[index]!] as const) };
  });
  return {
    title: "A rugged loss, blurred less and less",
    x: { label: "θ" },
    y: { label: "J" },
    series: [
      ...curves,
      { name: "minima that continuation follows", points: stages.map(({ t, params }) => dot(params, t)), style: "dots" },
      { name: "where descent alone ends", points: [dot(solve(family(0), start), 0)], style: "dots" },
    ],
  };
}

/** What blurring does to −θᵀθ. */
interface Cap {
  /** The largest difference from −2 of any curvature, over all σ. */
  readonly deviation: number;
  /** How far from its maximum each stage of continuation ended. */
  readonly distances: readonly number[];
}

async function blurCap(key: Key): Promise<Cap> {
  const cap = (x: Tensor): Tensor => square(x).sum().neg();
  const start = ones([2], { dtype: "f64" });
  const deviations = [0.1, 1, 10, 100].flatMap((sigma) => {
    const matrix = Array.from(hessian(smoothedLoss(cap, { sigma, key }))(start).readSync());
    return matrix.map((element, index) => Math.abs(element - (index % 3 === 0 ? -2 : 0)));
  });
  const { stages } = await continuation({ loss: cap, key, sigmas: SIGMAS, solve, params: start });
  return { deviation: Math.max(...deviations), distances: stages.map(({ params }) => Math.hypot(...params.readSync())) };
}

function claimsOf({ descentFound, continuationFound, asLow, missed }: Comparison, { deviation, distances }: Cap): Claim[] {
  return [
    {
      claim: "Continuation leads to deeper minima than descent from the same start.",
      measured: `It ended at least as low from ${showPercent(asLow)} of ${String(STARTS)} starts in each of ${String(LANDSCAPES)} random landscapes.`,
      held: asLow > 0.8,
    },
    {
      claim: "It finds the lowest minimum far more often than descent does.",
      measured: `From ${showPercent(continuationFound)} of the starts, descent from ${showPercent(descentFound)}.`,
      held: continuationFound > 3 * descentFound,
    },
    {
      claim: "It has no guarantee: the minimum of the blurred loss may lead into a local minimum of the loss.",
      measured: `In ${String(missed)} of ${String(LANDSCAPES)} landscapes it missed the lowest minimum.`,
      held: missed > 0,
    },
    {
      claim: "Some losses no blur makes convex: −θᵀθ keeps its curvature −2, so continuation has nothing to start from.",
      measured: `For σ from 0.1 to 100 the curvatures differ from −2 by at most ${showNumber(deviation)}; the stages of continuation ended ${distances.map((distance) => showNumber(distance)).join(", ")} away from the maximum.`,
      held: deviation < 1e-9 && distances.every((distance, index) => distance > (distances[index - 1] ?? 0)),
    },
  ];
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [compareKey, pictureKey, capKey] = splitKey(key, 3);
  const comparison = await compare(compareKey, signal);
  progress(0.8);
  const picture = await drawPath(pictureKey);
  progress(0.9);
  const cap = await blurCap(capKey);
  return { claims: claimsOf(comparison, cap), charts: [picture], numbers: [["stages, from the widest blur to none", SIGMAS.map((sigma) => showNumber(sigma)).join(", ")]] };
}

/** Section 8.7.6: from an easy loss to the hard one. */
export const continuationExperiment: Experiment = {
  name: "continuation",
  number: 19,
  section: "8.7.6",
  title: "Continuation: from a blurred loss to the loss itself",
  paragraph:
    "Blurring a rugged loss smooths its small dents away and leaves the wide basins. Continuation minimizes a strongly blurred loss first and follows its minimum " +
    "while the blur fades, into a deep minimum of the loss that was meant. Whether the blurred minimum leads to the lowest one is luck, though often good luck; " +
    "and there are losses that stay non-convex under every blur.",
  formula: "J⁽ⁱ⁾(θ) = E J(θ′), θ′ ~ N(θ, σᵢ² I), with σ₀ > σ₁ > … > 0",
  run,
};
