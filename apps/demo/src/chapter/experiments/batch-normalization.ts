import type { BatchNormState } from "@opt/batchnorm";
import type { Key, Tensor } from "@opt/core";
import { globalNorm, grad, sigmoid, splitKey, treeDot } from "@opt/core";
import type { Batch, BatchSource } from "@opt/data";
import { minibatches } from "@opt/data";
import { sgd } from "@opt/first-order";
import type { Activation } from "@opt/nn";
import { accuracy, linear, softmaxCrossEntropy } from "@opt/nn";
import { evaluate, fit } from "@opt/train";
import type { DeepNetwork, NormalizedParams } from "../batch-normalization/deep-network.ts";
import { deepNetwork } from "../batch-normalization/deep-network.ts";
import type { Chart, Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent } from "../show-number.ts";
import type { SmallDigits } from "../small-digits.ts";
import { drawSmallDigits } from "../small-digits.ts";

const DIGITS = { training: 1000, test: 1000, side: 12 };
const CLASSES = 10;
const DEPTH = 20;
const UNITS = 20;
const BATCH_SIZE = 50;
const EPOCHS = 8;
const LEARNING_RATES = [0.003, 0.01, 0.03, 0.1, 0.3, 1];
/** A network has begun to learn when its loss is this share of the loss of guessing. */
const LEARNING = 0.75;
const GUESSING = Math.log(CLASSES);

/** One run: where a learning rate led. */
interface Run {
  readonly learningRate: number;
  /** The mean loss of the last epoch; infinite when training ended with a number that is none. */
  readonly loss: number;
  readonly testAccuracy: number;
}

/** The runs with one activation, with and without batch normalization. */
interface Comparison {
  readonly name: string;
  readonly plain: readonly Run[];
  readonly normalized: readonly Run[];
}

/** What all runs share. */
interface Setting {
  readonly digits: SmallDigits;
  readonly batches: BatchSource;
  readonly key: Key;
  readonly signal: AbortSignal;
  readonly ran: () => void;
}

function lossOf(network: DeepNetwork) {
  return (params: NormalizedParams, { inputs, targets }: Batch, { variables, training }: { readonly variables: readonly BatchNormState[]; readonly training: boolean }): readonly [Tensor, readonly BatchNormState[]] => {
    const { output, state } = network.apply(params, variables, inputs, { training });
    return [softmaxCrossEntropy(output, targets), state];
  };
}

async function trainOne(network: DeepNetwork, learningRate: number, { digits, batches, key, signal }: Setting): Promise<Run> {
  const { params, state } = network.init(key);
  const result = await fit({ params, variables: state, loss: lossOf(network), batches, optimizer: sgd({ learningRate }), epochs: EPOCHS, signal });
  signal.throwIfAborted();
  const metrics = {
    accuracy: (tested: NormalizedParams, batch: Batch): Tensor => accuracy(network.apply(tested, result.variables, batch.inputs, { training: false }).output, batch.targets),
  };
  const test = await evaluate({ params: result.params, batches: digits.testBatches, metrics });
  const loss = result.status === "completed" ? (result.history.epochs.at(-1)?.loss ?? Number.NaN) : Number.POSITIVE_INFINITY;
  return { learningRate, loss, testAccuracy: test?.accuracy ?? Number.NaN };
}

async function compare(name: string, activation: Activation, setting: Setting): Promise<Comparison> {
  const runs = async (normalized: boolean): Promise<Run[]> => {
    const network = deepNetwork({ inputs: setting.digits.pixels, outputs: CLASSES, depth: DEPTH, units: UNITS, activation, normalized });
    const found: Run[] = [];
    for (const learningRate of LEARNING_RATES) {
      found.push(await trainOne(network, learningRate, setting));
      setting.ran();
    }
    return found;
  };
  return { name, plain: await runs(false), normalized: await runs(true) };
}

/** The largest |cosine| between a layer's weights and their gradient: how much the gradient asks to rescale a layer. */
function askedRescaling(normalized: boolean, { digits, key, batches }: Setting): number {
  const network = deepNetwork({ inputs: digits.pixels, outputs: CLASSES, depth: DEPTH, units: UNITS, activation: linear, normalized });
  const { params, state } = network.init(key);
  const [batch] = batches.epoch(0);
  const gradients = grad((at: NormalizedParams) => lossOf(network)(at, batch!, { variables: state, training: true })[0])(params);
  const cosines = params.layers.map(({ weight }, index) => {
    const gradient = gradients.layers[index]!.weight;
    return Math.abs(treeDot(weight, gradient).div(globalNorm(weight).mul(globalNorm(gradient))).item());
  });
  return Math.max(...cosines);
}

function best(runs: readonly Run[]): Run {
  return runs.reduce((least, run) => (run.loss < least.loss ? run : least));
}

function ratesThatLearn(runs: readonly Run[]): readonly number[] {
  return runs.filter(({ loss }) => loss < LEARNING * GUESSING).map(({ learningRate }) => learningRate);
}

function describeRates(runs: readonly Run[]): string {
  const rates = ratesThatLearn(runs);
  return rates.length === 0 ? "at none" : `at ${rates.map((rate) => showNumber(rate)).join(", ")}`;
}

function claimsOf(deepLinear: Comparison, deepSigmoid: Comparison, plainCosine: number, normalizedCosine: number): Claim[] {
  const tried = LEARNING_RATES.map((rate) => showNumber(rate)).join(", ");
  return [
    {
      claim: `A linear network of ${String(DEPTH)} layers learns over a wider range of learning rates, and further, with batch normalization.`,
      measured: `Of the rates ${tried} it learns ${describeRates(deepLinear.plain)} without and ${describeRates(deepLinear.normalized)} with; the least training loss is ${showNumber(best(deepLinear.plain).loss)} without and ${showNumber(best(deepLinear.normalized).loss)} with.`,
      held: ratesThatLearn(deepLinear.normalized).length > ratesThatLearn(deepLinear.plain).length && best(deepLinear.normalized).loss < best(deepLinear.plain).loss,
    },
    {
      claim: `A network of ${String(DEPTH)} layers of sigmoid units learns with batch normalization only.`,
      measured: `It learns ${describeRates(deepSigmoid.plain)} without (least loss ${showNumber(best(deepSigmoid.plain).loss)}, guessing has ${showNumber(GUESSING)}) and ${describeRates(deepSigmoid.normalized)} with (least loss ${showNumber(best(deepSigmoid.normalized).loss)}).`,
      held: ratesThatLearn(deepSigmoid.plain).length === 0 && ratesThatLearn(deepSigmoid.normalized).length > 0,
    },
    {
      claim: "Through the normalization the gradient never proposes merely to rescale a layer.",
      measured: `The largest |cosine| between a layer's weights and their gradient is ${showNumber(plainCosine)} without and ${showNumber(normalizedCosine)} with.`,
      // Not exactly 0 because of δ inside the root and of f32.
      held: normalizedCosine < 1e-3 && plainCosine > 0.01,
    },
  ];
}

function drawChart({ name, plain, normalized }: Comparison): Chart {
  const points = (runs: readonly Run[]): readonly (readonly [number, number])[] => runs.map(({ learningRate, loss }) => [learningRate, loss] as const);
  return {
    title: `${String(DEPTH)} ${name} layers: training loss after ${String(EPOCHS)} epochs`,
    x: { label: "learning rate", scale: "log" },
    y: { label: "training loss" },
    series: [
      { name: "without", points: points(plain) },
      { name: "with batch normalization", points: points(normalized) },
      { name: "guessing", points: LEARNING_RATES.map((rate) => [rate, GUESSING] as const) },
    ],
  };
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [digitKey, paramsKey, batchKey] = splitKey(key, 3);
  const digits = drawSmallDigits(digitKey, DIGITS);
  const batches = minibatches(digits.training, { batchSize: BATCH_SIZE, key: batchKey, lastBatch: "drop" });
  let done = 0;
  const ran = (): void => progress(++done / (4 * LEARNING_RATES.length));
  const setting: Setting = { digits, batches, key: paramsKey, signal, ran };
  const deepLinear = await compare("linear", linear, setting);
  const deepSigmoid = await compare("sigmoid", sigmoid, setting);
  return {
    claims: claimsOf(deepLinear, deepSigmoid, askedRescaling(false, setting), askedRescaling(true, setting)),
    charts: [drawChart(deepLinear), drawChart(deepSigmoid)],
    numbers: [deepLinear, deepSigmoid].flatMap(({ name, plain, normalized }) => [
      [`test accuracy at the best rate, ${name}, without`, showPercent(best(plain).testAccuracy)] as const,
      [`test accuracy at the best rate, ${name}, with (by running averages)`, showPercent(best(normalized).testAccuracy)] as const,
    ]),
  };
}

/** Section 8.7.1: adaptive reparametrization. */
export const batchNormalization: Experiment = {
  name: "batch-normalization",
  number: 13,
  section: "8.7.1",
  title: "Batch normalization: layers that do not disturb each other",
  paragraph:
    "The gradient says how to change each layer while the others stay as they are, but all change at once, and in a deep network their changes multiply. " +
    "Batch normalization gives every unit mean 0 and variance 1 over the batch, whatever the layers below do, and lets two parameters of its own say what mean and " +
    "variance it should have instead. Since gradients flow through the mean and the variance, they never ask merely to rescale a layer.",
  formula: "H′ = γ (H − μ) / σ + β, with μ = (1/m) Σᵢ Hᵢ and σ = √(δ + (1/m) Σᵢ (H − μ)ᵢ²)",
  run,
};
