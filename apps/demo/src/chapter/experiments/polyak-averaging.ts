import type { Key, Tensor } from "@opt/core";
import { ones, splitKey, square, tensor } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import { sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import { averagedParameters, polyakAverage, withAverage } from "@opt/strategies";
import { evaluate, fit } from "@opt/train";
import { mean } from "../../series.ts";
import { descend } from "../descend.ts";
import type { Chart, Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { logSpaced } from "../log-scale.ts";
import { noisyRegression } from "../noisy-regression.ts";
import { showNumber } from "../show-number.ts";
import { drawSmallDigits } from "../small-digits.ts";
import { takeTurn } from "../take-turn.ts";

const VALLEY = { steepness: 100, learningRate: 0.0198, steps: 60 };
const REGRESSION = { curvatures: [1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1], runs: 32, learningRate: 0.05, steps: 10_000, averageFrom: 500 };
const DIGITS = { training: 2000, test: 1000, side: 12 };
const NETWORK = { hidden: 50, batchSize: 16, learningRate: 1, decay: 0.99, epochs: 8, compareFrom: 3 };

type Points = readonly (readonly [x: number, y: number])[];

/** The points that gradient descent visits in a valley, and the averages of the points so far. */
function crossValley(): { visited: Points; averages: Points } {
  const { steepness, learningRate, steps } = VALLEY;
  const loss = (x: Tensor): Tensor => square(x).mul(tensor([1, steepness])).sum().mul(0.5);
  const read = (x: Tensor): readonly [number, number] => Array.from(x.readSync()) as [number, number];
  const visited: (readonly [number, number])[] = [];
  const averages: (readonly [number, number])[] = [];
  for (const { step, params, state } of descend(loss, ones([2]), withAverage(sgd({ learningRate }), polyakAverage()))) {
    visited.push(read(params));
    averages.push(read(averagedParameters(state, params)));
    if (step === steps) break;
  }
  return { visited, averages };
}

/** The excess error of noisy least squares, the mean of many runs, with the parameters and with their average. */
async function followNoise(key: Key, signal: AbortSignal): Promise<{ last: Points; average: Points; bound: number }> {
  const { curvatures, runs, learningRate, steps, averageFrom } = REGRESSION;
  const { start, loss, excess, bound } = noisyRegression(key, { curvatures, noise: 1, runs });
  const optimizer = withAverage(sgd({ learningRate }), polyakAverage({ start: averageFrom }));
  const checkpoints = new Set(logSpaced(1, steps, 20));
  const last: (readonly [number, number])[] = [];
  const average: (readonly [number, number])[] = [];
  for (const { step, params, state } of descend(loss, start, optimizer)) {
    if (!checkpoints.has(step)) continue;
    last.push([step, excess(params)]);
    if (step > averageFrom) average.push([step, excess(averagedParameters(state, params))]);
    await takeTurn(signal);
    if (step === steps) break;
  }
  return { last, average, bound: bound(steps - averageFrom) };
}

/** The test loss of a network on digits after each epoch, with its last parameters and with their average. */
async function trainOnDigits(key: Key, signal: AbortSignal): Promise<{ last: Points; average: Points }> {
  const { hidden, batchSize, learningRate, decay, epochs } = NETWORK;
  const [digitKey, paramsKey, batchKey] = splitKey(key, 3);
  const digits = drawSmallDigits(digitKey, DIGITS);
  const model = mlp({ sizes: [digits.pixels, hidden, 10] });
  const loss = (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
  const testLoss = async (params: MlpParams): Promise<number> =>
    (await evaluate({ params, batches: digits.testBatches, metrics: { loss } }))?.loss ?? Number.NaN;
  const last: (readonly [number, number])[] = [];
  const average: (readonly [number, number])[] = [];
  await fit({
    params: model.init(paramsKey),
    loss,
    batches: minibatches(digits.training, { batchSize, key: batchKey }),
    optimizer: withAverage(sgd({ learningRate }), polyakAverage({ kind: "exponential", decay })),
    epochs,
    signal,
    onEpoch: async ({ epoch, params, state }) => {
      last.push([epoch + 1, await testLoss(params)]);
      average.push([epoch + 1, await testLoss(averagedParameters(state, params))]);
    },
  });
  signal.throwIfAborted();
  return { last, average };
}

function lastValue(points: Points): number {
  return points.at(-1)?.[1] ?? Number.NaN;
}

/** The mean over the later points. */
function meanFrom(points: Points, start: number): number {
  return mean(points.filter(([x]) => x >= start).map(([, y]) => y));
}

function valleyClaim({ visited, averages }: ReturnType<typeof crossValley>): Claim {
  const nearest = Math.min(...visited.map(([, across]) => Math.abs(across)));
  const average = Math.abs(averages.at(-1)?.[1] ?? Number.NaN);
  return {
    claim: "Descent that leaps across a valley may never come near its floor, while the average of the points it visits lies close to it.",
    measured: `Of ${String(visited.length)} points the nearest is ${showNumber(nearest)} from the floor, the average ${showNumber(average)}.`,
    held: average < nearest / 10,
  };
}

function noiseClaim({ last, average, bound }: Awaited<ReturnType<typeof followNoise>>): Claim {
  const { steps } = REGRESSION;
  const plateau = meanFrom(last, steps / 10);
  const reached = lastValue(average);
  return {
    claim: "On a convex problem with noisy gradients and a constant rate the parameters stay in motion, while their average converges as fast as any method can.",
    measured: `After ${showNumber(steps)} steps the excess error of the average is ${showNumber(reached)}, where σ² d / 2k is ${showNumber(bound)}; the parameters themselves stay near ${showNumber(plateau)}.`,
    held: reached < 1.5 * bound && plateau > 10 * reached,
  };
}

function networkClaim({ last, average }: { last: Points; average: Points }): Claim {
  const from = NETWORK.compareFrom;
  const [own, averaged] = [meanFrom(last, from), meanFrom(average, from)];
  return {
    claim: "On a network, whose path crosses many regions, an exponentially decaying average serves in the same way.",
    measured: `Test loss on digits, mean over epochs ${String(from)} to ${String(NETWORK.epochs)}: ${showNumber(own)} with the parameters, ${showNumber(averaged)} with their average.`,
    held: averaged < own,
  };
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [noiseKey, networkKey] = splitKey(key, 2);
  const valley = crossValley();
  progress(0.1);
  const noise = await followNoise(noiseKey, signal);
  progress(0.6);
  const network = await trainOnDigits(networkKey, signal);
  const both = (points: { last: Points; average: Points }): Chart["series"] => [
    { name: "parameters", points: points.last },
    { name: "average", points: points.average },
  ];
  return {
    claims: [valleyClaim(valley), noiseClaim(noise), networkClaim(network)],
    charts: [
      {
        title: "Leaping across a valley",
        x: { label: "along the valley" },
        y: { label: "across the valley" },
        series: [
          { name: "gradient descent", points: valley.visited },
          { name: "average of the points so far", points: valley.averages },
        ],
      },
      { title: "Least squares with noisy gradients", x: { label: "steps", scale: "log" }, y: { label: "excess error", scale: "log" }, series: both(noise) },
      { title: "A network on digits", x: { label: "epochs" }, y: { label: "test loss", scale: "log" }, series: both(network) },
    ],
    numbers: [
      ["averaged network, test loss after the last epoch", showNumber(lastValue(network.average))],
      ["network without averaging, test loss after the last epoch", showNumber(lastValue(network.last))],
    ],
  };
}

/** Section 8.7.3: the average of the path. */
export const polyakAveraging: Experiment = {
  name: "polyak-averaging",
  number: 15,
  section: "8.7.3",
  title: "Polyak averaging: the mean of the path lies nearer than the path",
  paragraph:
    "Steps that are too long for the steep walls of a valley leap from one side to the other, and noisy gradients keep the parameters in motion forever. " +
    "The points on both sides average out: their mean lies near the floor that none of them touches. On convex problems this is as good as any method can be. " +
    "For networks the average forgets the distant past exponentially.",
  formula: "θ̂⁽ᵗ⁾ = (1/t) Σᵢ θ⁽ⁱ⁾;   for networks θ̂⁽ᵗ⁾ = α θ̂⁽ᵗ⁻¹⁾ + (1 − α) θ⁽ᵗ⁾",
  run,
};
