import type { Tensor } from "@opt/core";
import { sigmoid, splitKey } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import { adam, momentum } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { greedyPretrain } from "@opt/strategies";
import type { EpochInfo } from "@opt/train";
import { evaluate, fit } from "@opt/train";
import type { Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent } from "../show-number.ts";
import { drawSmallDigits } from "../small-digits.ts";

const DIGITS = { training: 2000, test: 1000, side: 12 };
const CLASSES = 10;
const HIDDEN_LAYERS = 5;
const HIDDEN_UNITS = 40;
const BATCH_SIZE = 20;
const EPOCHS_PER_STAGE = 4;
const FINE_TUNING_EPOCHS = 8;
/** Whoever trains without stages has as many epochs as all stages together. */
const EPOCHS = EPOCHS_PER_STAGE * HIDDEN_LAYERS + FINE_TUNING_EPOCHS;

/** What a way of training reached. */
interface Outcome {
  /** The mean loss of each epoch. */
  readonly losses: readonly number[];
  readonly testAccuracy: number;
}

function lastLoss({ losses }: Outcome): number {
  return losses.at(-1) ?? Number.NaN;
}

async function train({ key, signal, progress }: ExperimentContext): Promise<{ plain: Outcome; withAdam: Outcome; pretrained: Outcome }> {
  const [digitKey, paramsKey, batchKey, pretrainKey] = splitKey(key, 4);
  const digits = drawSmallDigits(digitKey, DIGITS);
  const sizes = [digits.pixels, ...Array.from({ length: HIDDEN_LAYERS }, () => HIDDEN_UNITS), CLASSES];
  const model = mlp({ sizes, activation: "sigmoid" });
  const batches = minibatches(digits.training, { batchSize: BATCH_SIZE, key: batchKey });
  const loss = (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
  const metrics = { accuracy: (params: MlpParams, batch: Batch): Tensor => accuracy(model.apply(params, batch.inputs), batch.targets) };
  const test = async (params: MlpParams): Promise<number> => (await evaluate({ params, batches: digits.testBatches, metrics }))?.accuracy ?? Number.NaN;
  const optimizer = momentum({ learningRate: 0.1, momentum: 0.9 });
  let epochsDone = 0;
  const recordInto = (losses: number[]) => (info: Pick<EpochInfo<MlpParams, never>, "loss">): void => {
    losses.push(info.loss);
    epochsDone += 1;
    progress(epochsDone / (3 * EPOCHS));
  };

  const plainLosses: number[] = [];
  const plain = await fit({ params: model.init(paramsKey), loss, batches, optimizer, epochs: EPOCHS, signal, onEpoch: recordInto(plainLosses) });
  const adamLosses: number[] = [];
  const withAdam = await fit({ params: model.init(paramsKey), loss, batches, optimizer: adam({ learningRate: 0.003 }), epochs: EPOCHS, signal, onEpoch: recordInto(adamLosses) });
  const stageLosses: number[] = [];
  const pretrained = await greedyPretrain({
    sizes,
    activation: sigmoid,
    loss: (outputs, batch) => softmaxCrossEntropy(outputs, batch.targets),
    batches,
    key: pretrainKey,
    train: async ({ name, params, loss: stageLoss, batches: stageBatches }) => {
      const epochs = name === "fine-tuning" ? FINE_TUNING_EPOCHS : EPOCHS_PER_STAGE;
      return fit({ params, loss: stageLoss, batches: stageBatches, optimizer, epochs, signal, onEpoch: recordInto(stageLosses) });
    },
  });
  signal.throwIfAborted();
  return {
    plain: { losses: plainLosses, testAccuracy: await test(plain.params) },
    withAdam: { losses: adamLosses, testAccuracy: await test(withAdam.params) },
    pretrained: { losses: stageLosses, testAccuracy: await test(pretrained.params) },
  };
}

async function run(context: ExperimentContext): Promise<Findings> {
  const { plain, withAdam, pretrained } = await train(context);
  const guessing = Math.log(CLASSES);
  const beforeTuning = pretrained.losses[EPOCHS - FINE_TUNING_EPOCHS - 1] ?? Number.NaN;
  const depth = `${String(HIDDEN_LAYERS)} hidden layers of sigmoid units`;
  const claims: Claim[] = [
    {
      claim: `A network with ${depth} does not learn from random parameters by gradient descent with momentum.`,
      measured: `Training loss ${showNumber(lastLoss(plain))} after ${String(EPOCHS)} epochs, where guessing has ${showNumber(guessing)}; test accuracy ${showPercent(plain.testAccuracy)}.`,
      held: lastLoss(plain) > 0.9 * guessing,
    },
    {
      claim: "Pretrained greedily, layer by layer, and then fine-tuned, the same network learns with the same optimizer in the same number of epochs.",
      measured: `Training loss ${showNumber(lastLoss(pretrained))}, test accuracy ${showPercent(pretrained.testAccuracy)}.`,
      held: lastLoss(pretrained) < 0.5 * guessing,
    },
    {
      claim: "Fine-tuning all layers together improves on what the greedy stages reached.",
      measured: `Training loss ${showNumber(beforeTuning)} after the last stage, ${showNumber(lastLoss(pretrained))} after fine-tuning.`,
      held: lastLoss(pretrained) < beforeTuning,
    },
  ];
  const points = ({ losses }: Outcome): readonly (readonly [number, number])[] => losses.map((loss, index) => [index + 1, loss] as const);
  return {
    claims,
    charts: [
      {
        title: `${depth} on digits: a new layer every ${String(EPOCHS_PER_STAGE)} epochs, then fine-tuning`,
        x: { label: "epochs" },
        y: { label: "training loss", scale: "log" },
        series: [
          { name: "all layers from the start, momentum", points: points(plain) },
          { name: "all layers from the start, Adam", points: points(withAdam) },
          { name: "greedy, then fine-tuned, momentum", points: points(pretrained) },
        ],
      },
    ],
    numbers: [
      ["test accuracy with momentum from random parameters", showPercent(plain.testAccuracy)],
      ["test accuracy after pretraining and fine-tuning", showPercent(pretrained.testAccuracy)],
      ["test accuracy with Adam from random parameters", showPercent(withAdam.testAccuracy)],
    ],
  };
}

/** Section 8.7.4: one layer after the other. */
export const greedyPretraining: Experiment = {
  name: "greedy-pretraining",
  number: 16,
  section: "8.7.4",
  title: "Greedy supervised pretraining: one layer after the other",
  paragraph:
    "A deep network of sigmoid units hardly passes gradients down to its first layers, and plain gradient descent stays where it began. Greedy pretraining solves " +
    "a sequence of shallow problems instead: a hidden layer with an output layer on top, then the next on what the first has learned, and so on. Training " +
    "all layers together then starts from a good place. Adam, which rescales each gradient, gets along without; it is shown beside.",
  formula: "h⁽ⁱ⁾ = σ(W⁽ⁱ⁾h⁽ⁱ⁻¹⁾ + b⁽ⁱ⁾): min over W⁽ⁱ⁾, b⁽ⁱ⁾, V of L(V h⁽ⁱ⁾, y), for i = 1, 2, …; then over all W⁽ⁱ⁾, b⁽ⁱ⁾, V",
  run,
};
