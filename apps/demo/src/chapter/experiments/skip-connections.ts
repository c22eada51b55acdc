import type { Tensor, TensorTree } from "@opt/core";
import { globalNorm, grad, splitKey } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import { adam } from "@opt/first-order";
import { glorotUniform } from "@opt/init";
import type { DenseParams, Model } from "@opt/nn";
import { accuracy, auxiliaryHeads, auxiliaryLoss, dense, residual, sequential, softmaxCrossEntropy } from "@opt/nn";
import { linear } from "@opt/schedules";
import type { LossContext } from "@opt/train";
import { evaluate, fit } from "@opt/train";
import type { Chart, Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent } from "../show-number.ts";
import { drawSmallDigits } from "../small-digits.ts";

const DIGITS = { training: 1000, test: 1000, side: 12 };
const CLASSES = 10;
const DEPTH = 30;
const UNITS = 30;
/** A head above every third layer. */
const HEAD_SPACING = 3;
const BATCH_SIZE = 20;
const EPOCHS = 16;
const STEPS = (EPOCHS * DIGITS.training) / BATCH_SIZE;
/** The weight of each head's loss, and the part of training after which it is 0. */
const HEAD_WEIGHT = 0.3;
const FADED = 0.7;
const LEARNING_RATE = 0.001;

/** A way to build and train the deep network. */
interface Way<Params extends TensorTree> {
  readonly name: string;
  readonly params: Params;
  readonly loss: (params: Params, batch: Batch, step: LossContext<never>["step"]) => Tensor;
  /** The network's output, without heads. */
  readonly apply: (params: Params, inputs: Tensor) => Tensor;
  /** The layers of parameters or gradients, from the lowest to the output. */
  readonly layers: (tree: Params) => readonly DenseParams[];
}

/** How a way did. */
interface Outcome {
  readonly name: string;
  /** The size of the gradient of each hidden layer's weights before the first step. */
  readonly gradients: readonly number[];
  /** The mean loss of the network itself, without heads, after each epoch. */
  readonly losses: readonly number[];
  readonly testAccuracy: number;
}

function crossEntropy({ targets }: Batch): (logits: Tensor) => Tensor {
  return (logits) => softmaxCrossEntropy(logits, targets);
}

type Layer = Model<DenseParams>;

/** A stack of rectified layers; `wrap` may change each that keeps its width. */
function deepNetwork(pixels: number, wrap: (layer: Layer) => Layer): ReturnType<typeof sequential<readonly Layer[]>> {
  // Glorot's initialization, which is √2 too small for rectifiers: what deep networks had before He's.
  const layer = (inputs: number): Layer => dense({ inputs, outputs: UNITS, activation: "relu", weightInitializer: glorotUniform() });
  const inner = Array.from({ length: DEPTH - 1 }, () => wrap(layer(UNITS)));
  return sequential<readonly Layer[]>([layer(pixels), ...inner, dense({ inputs: UNITS, outputs: CLASSES })]);
}

async function follow<Params extends TensorTree>(way: Way<Params>, training: readonly [Batch], batches: ReturnType<typeof minibatches>, test: () => Iterable<Batch>, signal: AbortSignal): Promise<Outcome> {
  const { name, params, loss, apply, layers } = way;
  const gradients = layers(grad((at: Params) => loss(at, training[0], 0))(params)).slice(0, -1);
  const result = await fit({
    params,
    loss: (at: Params, batch: Batch, { step, training: isTraining }) => (isTraining ? loss(at, batch, step) : crossEntropy(batch)(apply(at, batch.inputs))),
    batches,
    validation: () => training,
    optimizer: adam({ learningRate: LEARNING_RATE }),
    epochs: EPOCHS,
    signal,
  });
  signal.throwIfAborted();
  const metrics = { accuracy: (at: Params, { inputs, targets }: Batch): Tensor => accuracy(apply(at, inputs), targets) };
  return {
    name,
    gradients: gradients.map(({ weight }) => globalNorm(weight).item()),
    losses: result.history.epochs.map(({ validation }) => validation?.["loss"] ?? Number.NaN),
    testAccuracy: (await evaluate({ params: result.params, batches: test, metrics }))?.accuracy ?? Number.NaN,
  };
}

async function compare({ key, signal, progress }: ExperimentContext): Promise<{ plain: Outcome; skipping: Outcome; withHeads: Outcome }> {
  const [digitKey, paramsKey, batchKey] = splitKey(key, 3);
  const digits = drawSmallDigits(digitKey, DIGITS);
  const batches = minibatches(digits.training, { batchSize: BATCH_SIZE, key: batchKey });
  const [whole] = minibatches(digits.training, { batchSize: DIGITS.training, shuffle: "never" }).epoch(0);
  const training = [whole!] as const;
  const plainNetwork = deepNetwork(digits.pixels, (layer) => layer);
  // The factor keeps the sum of all branches from growing with the depth.
  const skipNetwork = deepNetwork(digits.pixels, (layer) => residual(layer, { scale: 1 / Math.sqrt(DEPTH) }));
  const headedLayers = Array.from({ length: DEPTH / HEAD_SPACING - 1 }, (_, head) => `layers[${String(HEAD_SPACING * (head + 1) - 1)}]`);
  const headed = auxiliaryHeads(plainNetwork, Object.fromEntries(headedLayers.map((layer) => [layer, dense({ inputs: UNITS, outputs: CLASSES })])));
  const fading = linear({ initial: HEAD_WEIGHT, final: 0, steps: Math.round(FADED * STEPS) });

  const start = plainNetwork.init(paramsKey);
  const run = async <Params extends TensorTree>(way: Way<Params>): Promise<Outcome> => follow(way, training, batches, digits.testBatches, signal);
  const plain = await run({
    name: "plain",
    params: start,
    loss: (params, batch) => crossEntropy(batch)(plainNetwork.apply(params, batch.inputs)),
    apply: (params, inputs) => plainNetwork.apply(params, inputs),
    layers: ({ layers }) => layers,
  });
  progress(0.3);
  const skipping = await run({
    name: "skip connections",
    params: start,
    loss: (params, batch) => crossEntropy(batch)(skipNetwork.apply(params, batch.inputs)),
    apply: (params, inputs) => skipNetwork.apply(params, inputs),
    layers: ({ layers }) => layers,
  });
  progress(0.6);
  const withHeads = await run({
    name: "auxiliary heads",
    params: { ...headed.init(paramsKey), trunk: start },
    loss: (params, batch, step) => auxiliaryLoss(headed.outputs(params, batch.inputs), crossEntropy(batch), { weight: fading, step }),
    // What is left of the network once the heads are dropped.
    apply: ({ trunk }, inputs) => plainNetwork.apply(trunk, inputs),
    layers: ({ trunk }) => trunk.layers,
  });
  return { plain, skipping, withHeads };
}

function lastLoss({ losses }: Outcome): number {
  return losses.at(-1) ?? Number.NaN;
}

function claimsOf({ plain, skipping, withHeads }: Awaited<ReturnType<typeof compare>>): Claim[] {
  const lowest = ({ gradients }: Outcome): number => gradients[0] ?? Number.NaN;
  return [
    {
      claim: "Skip connections and auxiliary heads bring a large gradient down to the lowest layers.",
      measured: `The gradient of the first layer's weights is ${showNumber(lowest(plain))} in the plain network of ${String(DEPTH)} layers, ${showNumber(lowest(skipping))} with skip connections, ${showNumber(lowest(withHeads))} with heads.`,
      held: lowest(skipping) > 100 * lowest(plain) && lowest(withHeads) > 100 * lowest(plain),
    },
    {
      claim: "With skip connections the same network is easy to train.",
      measured: `Training loss ${showNumber(lastLoss(skipping))} instead of ${showNumber(lastLoss(plain))} after ${String(EPOCHS)} epochs from the same parameters; test accuracy ${showPercent(skipping.testAccuracy)} instead of ${showPercent(plain.testAccuracy)}.`,
      held: lastLoss(skipping) < 0.5 * lastLoss(plain),
    },
    {
      claim: "Auxiliary heads, whose loss fades and which are dropped afterwards, leave a network that is better trained.",
      measured: `Training loss without the heads ${showNumber(lastLoss(withHeads))} instead of ${showNumber(lastLoss(plain))}; test accuracy ${showPercent(withHeads.testAccuracy)}.`,
      held: lastLoss(withHeads) < 0.9 * lastLoss(plain),
    },
  ];
}

async function run(context: ExperimentContext): Promise<Findings> {
  const outcomes = await compare(context);
  const all = [outcomes.plain, outcomes.skipping, outcomes.withHeads];
  const chart = (title: string, x: string, y: string, valuesOf: (outcome: Outcome) => readonly number[]): Chart => ({
    title,
    x: { label: x },
    y: { label: y, scale: "log" },
    series: all.map((outcome) => ({ name: outcome.name, points: valuesOf(outcome).map((value, index) => [index + 1, value] as const) })),
  });
  return {
    claims: claimsOf(outcomes),
    charts: [
      chart("The gradient of each layer before the first step", "layer, counted from the input", "‖gradient of the weights‖", ({ gradients }) => gradients),
      chart("Training from the same parameters", "epochs", "training loss, without heads", ({ losses }) => losses),
    ],
    numbers: all.map(({ name, testAccuracy }) => [`test accuracy, ${name}`, showPercent(testAccuracy)] as const),
  };
}

/** Section 8.7.5: models made to be optimized. */
export const skipConnections: Experiment = {
  name: "skip-connections",
  number: 18,
  section: "8.7.5",
  title: "Skip connections and auxiliary heads: models made to be optimized",
  paragraph:
    "Often a model that is easier to optimize helps more than a better optimizer. In a deep stack of layers the gradient reaches the lowest ones through all the others, " +
    "and here it fades on the way. A skip connection gives it a way around each layer. An auxiliary head gives it a short way in: a further output in the middle, " +
    "trained for the same task, whose loss fades and which is thrown away in the end.",
  formula: "skip: h⁽ⁱ⁺¹⁾ = h⁽ⁱ⁾ + s f(h⁽ⁱ⁾);   heads: L(y) + w(t) Σᵢ L(Vᵢ h⁽ⁱ⁾), w(t) → 0",
  run,
};
