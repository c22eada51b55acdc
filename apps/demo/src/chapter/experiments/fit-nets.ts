import type { Tensor } from "@opt/core";
import { splitKey, treeLeaves } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import { adam, sgd } from "@opt/first-order";
import type { LayeredModel, MlpParams } from "@opt/nn";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { trainFitNet } from "@opt/strategies";
import { evaluate, fit } from "@opt/train";
import type { Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent } from "../show-number.ts";
import { drawSmallDigits } from "../small-digits.ts";

const DIGITS = { training: 2000, test: 1000, side: 12 };
const CLASSES = 10;
const TEACHER = { layers: 2, units: 60, epochs: 10 };
const STUDENT = { layers: 20, units: 12 };
/** The hint: the teacher's last hidden layer. It guides the middle of the student. */
const HINT_LAYER = "layers[1]";
const GUIDED_LAYER = "layers[9]";
const BATCH_SIZE = 20;
const EPOCHS_PER_STAGE = 10;

/** How a student did. */
interface Outcome {
  /** The mean loss of each epoch on the task. */
  readonly losses: readonly number[];
  readonly testAccuracy: number;
}

interface Outcomes {
  readonly teacherAccuracy: number;
  readonly plain: Outcome;
  readonly hinted: Outcome;
  /** The mean loss of each epoch on the hint. */
  readonly hintLosses: readonly number[];
  /** How many parameters teacher and student have. */
  readonly teacherSize: number;
  readonly studentSize: number;
}

function network(pixels: number, { layers, units }: { layers: number; units: number }): LayeredModel<MlpParams> {
  return mlp({ sizes: [pixels, ...Array.from({ length: layers }, () => units), CLASSES], activation: "tanh" });
}

function lossOf(model: LayeredModel<MlpParams>): (params: MlpParams, batch: Batch) => Tensor {
  return (params, batch) => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
}

function sizeOf(params: MlpParams): number {
  return treeLeaves(params).reduce((total, leaf) => total + leaf.size, 0);
}

async function train({ key, signal, progress }: ExperimentContext): Promise<Outcomes> {
  const [digitKey, teacherKey, studentKey, batchKey, regressorKey] = splitKey(key, 5);
  const digits = drawSmallDigits(digitKey, DIGITS);
  const [teacherModel, studentModel] = [network(digits.pixels, TEACHER), network(digits.pixels, STUDENT)];
  const batches = minibatches(digits.training, { batchSize: BATCH_SIZE, key: batchKey });
  const test = async (model: LayeredModel<MlpParams>, params: MlpParams): Promise<number> => {
    const metrics = { accuracy: (tested: MlpParams, batch: Batch): Tensor => accuracy(model.apply(tested, batch.inputs), batch.targets) };
    return (await evaluate({ params, batches: digits.testBatches, metrics }))?.accuracy ?? Number.NaN;
  };

  const teacher = await fit({
    params: teacherModel.init(teacherKey),
    loss: lossOf(teacherModel),
    batches,
    optimizer: adam({ learningRate: 0.003 }),
    epochs: TEACHER.epochs,
    signal,
  });
  progress(0.2);
  const optimizer = sgd({ learningRate: 0.05 });
  const start = studentModel.init(studentKey);
  const plain = await fit({ params: start, loss: lossOf(studentModel), batches, optimizer, epochs: 2 * EPOCHS_PER_STAGE, signal });
  progress(0.6);
  const stageLosses: number[][] = [];
  const hinted = await trainFitNet({
    teacher: { params: teacher.params, activations: (params, x) => teacherModel.layerOutputs(params, x), layer: HINT_LAYER },
    student: { params: start, activations: (params, x) => studentModel.layerOutputs(params, x), layer: GUIDED_LAYER },
    loss: (outputs, batch) => softmaxCrossEntropy(outputs, batch.targets),
    batches,
    key: regressorKey,
    train: async ({ params, loss, batches: stageBatches }) => {
      const result = await fit({ params, loss, batches: stageBatches, optimizer, epochs: EPOCHS_PER_STAGE, signal });
      stageLosses.push(result.history.epochs.map((epoch) => epoch.loss));
      return result;
    },
  });
  signal.throwIfAborted();
  const [hintLosses = [], taskLosses = []] = stageLosses;
  return {
    teacherAccuracy: await test(teacherModel, teacher.params),
    plain: { losses: plain.history.epochs.map((epoch) => epoch.loss), testAccuracy: await test(studentModel, plain.params) },
    hinted: { losses: taskLosses, testAccuracy: await test(studentModel, hinted.params) },
    hintLosses,
    teacherSize: sizeOf(teacher.params),
    studentSize: sizeOf(start),
  };
}

function lastLoss({ losses }: Outcome): number {
  return losses.at(-1) ?? Number.NaN;
}

function claimsOf({ teacherAccuracy, plain, hinted }: Outcomes): Claim[] {
  const student = `${String(STUDENT.layers)} layers of ${String(STUDENT.units)} units`;
  return [
    {
      claim: "A student much thinner and deeper than its teacher is hard to train: plain training leaves it behind.",
      measured: `Test accuracy ${showPercent(plain.testAccuracy)} with ${student}; the teacher has ${showPercent(teacherAccuracy)}.`,
      held: plain.testAccuracy < teacherAccuracy - 0.1,
    },
    {
      claim: "When its middle layer first learns to predict the teacher's hidden layer, the same student trains much better in the same number of epochs.",
      measured: `Training loss ${showNumber(lastLoss(hinted))} instead of ${showNumber(lastLoss(plain))}, test accuracy ${showPercent(hinted.testAccuracy)} instead of ${showPercent(plain.testAccuracy)}.`,
      held: lastLoss(hinted) < 0.75 * lastLoss(plain) && hinted.testAccuracy > plain.testAccuracy,
    },
  ];
}

async function run(context: ExperimentContext): Promise<Findings> {
  const outcomes = await train(context);
  const { plain, hinted, hintLosses, teacherSize, studentSize } = outcomes;
  const points = (losses: readonly number[], first: number): readonly (readonly [number, number])[] => losses.map((loss, index) => [first + index, loss] as const);
  return {
    claims: claimsOf(outcomes),
    charts: [
      {
        title: "The student on its task",
        x: { label: "epochs" },
        y: { label: "training loss", scale: "log" },
        series: [
          { name: "plain training", points: points(plain.losses, 1) },
          { name: "after the hint", points: points(hinted.losses, EPOCHS_PER_STAGE + 1) },
        ],
      },
      {
        title: "Before that: the student's middle learns the hint",
        x: { label: "epochs" },
        y: { label: "hint loss", scale: "log" },
        series: [{ name: "½ E ‖u − r(v)‖²", points: points(hintLosses, 1) }],
      },
    ],
    numbers: [
      ["parameters of the teacher", showNumber(teacherSize, 6)],
      ["parameters of the student", showNumber(studentSize, 6)],
    ],
  };
}

/** Section 8.7.4: a student guided by a teacher's hidden layer. */
export const fitNets: Experiment = {
  name: "fit-nets",
  number: 17,
  section: "8.7.4",
  title: "FitNets: a teacher's hidden layer as a hint",
  paragraph:
    "A thin and deep network may generalize well with few parameters, but is hard to train. A wide and shallow teacher, which is easy to train, can lend a hand: " +
    "besides the outputs the student is given the teacher's hidden layer to predict from its own middle. That splits a deep problem into two of half the " +
    "depth. Plain training and both stages together have the same number of epochs.",
  formula: "first ½ E ‖u_T(x) − r(v_S(x))‖² over the student's lower half and r; then L(s(x), y) over the whole student",
  run,
};
