import type { Key, Tensor } from "@opt/core";
import { compile, foldIn, grad, splitKey, treeDot, treeMap } from "@opt/core";
import type { Batch, Dataset } from "@opt/data";
import { minibatches } from "@opt/data";
import { gradientNoise } from "@opt/diagnostics";
import { sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import { mean } from "../../series.ts";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { powerLaw } from "../log-scale.ts";
import { showNumber, showPower } from "../show-number.ts";
import { drawSmallDigits } from "../small-digits.ts";
import { standardError } from "../statistics.ts";
import { takeTurn } from "../take-turn.ts";

const EXAMPLES = 4000;
const BATCH_SIZES = [3, 10, 30, 100, 300, 1000];
/** At least so many batches of each size; small ones take a whole pass over the examples. */
const FEWEST_BATCHES = 60;
/** How far a mean may be from what it estimates, in standard errors: less likely than one in ten thousand by chance. */
const STANDARD_ERRORS = 4;
const TRAINING_EPOCHS = 3;

/** How far the gradients of batches of one size are from the gradient of all examples. */
interface Spread {
  readonly batchSize: number;
  /** The root of the mean squared distance. */
  readonly measured: number;
  /** `σ/√n`, with σ from the gradients of single examples. */
  readonly predicted: number;
  /** How far the two mean squares are apart, in standard errors of the measured one. */
  readonly deviation: number;
}

/** Measures the spread of minibatch gradients at a point, for each batch size. */
async function spreadsAt(
  loss: (params: MlpParams, batch: Batch) => Tensor,
  params: MlpParams,
  data: Dataset,
  key: Key,
  { signal, progress }: Pick<ExperimentContext, "signal" | "progress">,
): Promise<{ readonly spreads: readonly Spread[]; readonly noiseScale: number }> {
  const [all] = minibatches(data, { batchSize: data.size, shuffle: "never" }).epoch(0);
  const center = compile(grad(loss), { donate: [] })(params, all!);
  const squaredDistance = compile(
    (at: MlpParams, batch: Batch, from: MlpParams) => {
      const difference = treeMap((gradient: Tensor, whole: Tensor) => gradient.sub(whole), grad(loss)(at, batch), from);
      return treeDot(difference, difference);
    },
    { donate: [] },
  );
  const { variance, noiseScale } = gradientNoise(loss)(params, minibatches(data, { batchSize: 1, shuffle: "never" }).epoch(0));
  const spreads: Spread[] = [];
  for (const [index, batchSize] of BATCH_SIZES.entries()) {
    const batches = minibatches(data, { batchSize, key: foldIn(key, index), lastBatch: "drop" });
    const squares: number[] = [];
    for (let epoch = 0; squares.length < FEWEST_BATCHES; epoch++) {
      for (const batch of batches.epoch(epoch)) squares.push(squaredDistance(params, batch, center).item());
      await takeTurn(signal);
    }
    // Batches are drawn without replacement, which leaves them less room to differ than n independent examples have.
    const finite = (data.size - batchSize) / (data.size - 1);
    const expected = ((variance * (data.size - 1)) / data.size / batchSize) * finite;
    spreads.push({
      batchSize,
      measured: Math.sqrt(mean(squares) / finite),
      predicted: Math.sqrt(expected / finite),
      deviation: Math.abs(mean(squares) - expected) / standardError(squares),
    });
    progress((index + 1) / BATCH_SIZES.length);
  }
  return { spreads, noiseScale };
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [dataKey, paramsKey, trainingKey, firstKey, laterKey] = splitKey(key, 5);
  const { training, pixels } = drawSmallDigits(dataKey, { training: EXAMPLES, test: 1, side: 12 });
  const net = mlp({ sizes: [pixels, 16, 10] });
  const loss = (params: MlpParams, { inputs, targets }: Batch): Tensor => softmaxCrossEntropy(net.apply(params, inputs), targets);
  const start = net.init(paramsKey);
  const before = await spreadsAt(loss, start, training, firstKey, { signal, progress: (share) => progress(share / 2) });
  const trained = await fit({ loss, params: start, optimizer: sgd({ learningRate: 0.2 }), batches: minibatches(training, { batchSize: 32, key: trainingKey }), epochs: TRAINING_EPOCHS, signal });
  signal.throwIfAborted();
  const after = await spreadsAt(loss, trained.params, training, laterKey, { signal, progress: (share) => progress((1 + share) / 2) });

  const both = [before, after];
  const exponents = both.map(({ spreads }) => powerLaw(spreads.map(({ batchSize, measured }) => [batchSize, measured])));
  const deviations = both.flatMap(({ spreads }) => spreads.map(({ deviation }) => deviation));
  const gains = both.map(({ spreads }) => spreads.find(({ batchSize }) => batchSize === 10)!.measured / spreads.find(({ batchSize }) => batchSize === 1000)!.measured);
  const curve = (spreads: readonly Spread[], of: "measured" | "predicted"): (readonly [number, number])[] => spreads.map((spread) => [spread.batchSize, spread[of]] as const);
  return {
    claims: [
      {
        claim: "The standard error of a gradient from n examples is σ/√n, where σ is the standard deviation of the gradient of one example.",
        measured: `With σ measured on single examples, the formula fits the mean squared distance at all ${String(BATCH_SIZES.length)} batch sizes, before and after training, to within ${showNumber(Math.max(...deviations))} standard errors; the distances fall as ${exponents.map((exponent) => showPower("n", exponent)).join(" and ")}.`,
        held: deviations.every((deviation) => deviation <= STANDARD_ERRORS) && exponents.every((exponent) => Math.abs(exponent + 0.5) <= 0.05),
      },
      {
        claim: "100 times as many examples, 100 times as much work, make the error only 10 times smaller.",
        measured: `From 10 to 1,000 examples it becomes ${gains.map((gain) => showNumber(gain)).join(" and ")} times smaller, before and after training.`,
        held: gains.every((gain) => Math.abs(gain / 10 - 1) <= 0.2),
      },
    ],
    charts: [
      {
        title: "Distance of a minibatch gradient from the whole one",
        x: { label: "examples n in the minibatch", scale: "log" },
        y: { label: "root mean square distance", scale: "log" },
        series: [
          { name: "before training", points: curve(before.spreads, "measured"), style: "dots" },
          { name: "after training", points: curve(after.spreads, "measured"), style: "dots" },
          { name: "σ/√n before", points: curve(before.spreads, "predicted") },
          { name: "σ/√n after", points: curve(after.spreads, "predicted") },
        ],
      },
    ],
    numbers: [
      ["examples", showNumber(EXAMPLES)],
      ["noise scale before training", `${showNumber(before.noiseScale)} examples`],
      ["noise scale after training", `${showNumber(after.noiseScale)} examples`],
    ],
  };
}

/** Section 8.1.3: how exact the gradient of a minibatch is. */
export const standardErrorOfGradients: Experiment = {
  name: "standard-error",
  number: 2,
  section: "8.1.3",
  title: "The standard error of a minibatch gradient",
  paragraph:
    "The gradient of the training loss is a mean over examples, and a minibatch estimates that mean. Its standard error falls only with the square root of the number of examples, so there is less than linear return for more of them: most algorithms converge much faster with many rough gradients than with a few exact ones.",
  formula: "SE(ĝₙ) = √Var(ĝₙ) = σ / √n",
  run,
};
