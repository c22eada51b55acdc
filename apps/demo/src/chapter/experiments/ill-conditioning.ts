import type { Tensor } from "@opt/core";
import { splitKey } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import type { CurvatureRecord } from "@opt/diagnostics";
import { curvatureMonitor, gradientCurvature } from "@opt/diagnostics";
import { sgd } from "@opt/first-order";
import { glorotUniform } from "@opt/init";
import type { MlpParams } from "@opt/nn";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import { mean } from "../../series.ts";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent } from "../show-number.ts";
import { drawSmallDigits } from "../small-digits.ts";
import { median } from "../statistics.ts";

const RATE = 0.02;
const BATCH_SIZE = 10;
const EPOCHS = 10;
/** One minibatch in two is looked at. */
const LOOK_EVERY = 2;
/** So many looks are averaged. */
const WINDOW = 10;

/** Mean curvature numbers over a stretch of training. */
interface Stretch {
  readonly epoch: number;
  /** `gᵀg`. */
  readonly slope: number;
  /** `gᵀHg`. */
  readonly curvature: number;
}

function stretchesOf(records: readonly CurvatureRecord[], stepsPerEpoch: number): Stretch[] {
  return Array.from({ length: Math.floor(records.length / WINDOW) }, (_, index) => {
    const part = records.slice(index * WINDOW, (index + 1) * WINDOW);
    return {
      epoch: mean(part.map(({ step }) => step)) / stepsPerEpoch,
      slope: mean(part.map(({ squaredGradientNorm }) => squaredGradientNorm)),
      curvature: mean(part.map(({ curvature }) => curvature)),
    };
  });
}

/** The typical share by which a prediction of the loss's change misses. */
function typicalError(records: readonly CurvatureRecord[], predict: (record: CurvatureRecord) => number): number {
  return median(records.map((record) => Math.abs(predict(record) / record.measuredChange - 1)));
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [dataKey, paramsKey, batchKey] = splitKey(key, 3);
  const digits = drawSmallDigits(dataKey, { training: 2000, test: 1000, side: 12 });
  const net = mlp({ sizes: [digits.pixels, 64, 64, 64, 10], weightInitializer: glorotUniform() });
  const loss = (params: MlpParams, { inputs, targets }: Batch): Tensor => softmaxCrossEntropy(net.apply(params, inputs), targets);
  const batches = minibatches(digits.training, { batchSize: BATCH_SIZE, key: batchKey });
  const start = net.init(paramsKey);
  // The state before the first step, on as many minibatches as an epoch has, since each is noisy.
  const probe = gradientCurvature(loss, { learningRate: RATE });
  const before = Array.from(batches.epoch(0), (batch) => probe(start, batch));
  const monitor = curvatureMonitor({ loss, learningRate: RATE, every: LOOK_EVERY });
  const testErrors: number[] = [];
  await fit({
    loss,
    params: start,
    optimizer: sgd({ learningRate: RATE }),
    batches,
    epochs: EPOCHS,
    validation: digits.testBatches,
    metrics: { accuracy: (params, { inputs, targets }) => accuracy(net.apply(params, inputs), targets) },
    onStep: monitor.observe,
    onEpoch: ({ epoch, validation }) => {
      testErrors.push(1 - (validation?.["accuracy"] ?? Number.NaN));
      progress((epoch + 1) / EPOCHS);
    },
    signal,
  });
  signal.throwIfAborted();

  const { records } = monitor;
  const stretches = stretchesOf(records, batches.batchesPerEpoch);
  const first = { slope: mean(before.map(({ squaredGradientNorm }) => squaredGradientNorm)), curvature: mean(before.map(({ curvature }) => curvature)) };
  const lastEpoch = stretches.filter(({ epoch }) => epoch > EPOCHS - 1);
  const peak = stretches.reduce((highest, stretch) => (stretch.curvature > highest.curvature ? stretch : highest));
  const slopeLeft = mean(lastEpoch.map(({ slope }) => slope)) / first.slope;
  const curvatureGrowth = peak.curvature / first.curvature;
  const usefulSteps = [first, peak].map(({ slope, curvature }) => slope / curvature);
  const firstOrder = typicalError(records, ({ squaredGradientNorm }) => -RATE * squaredGradientNorm);
  const secondOrder = typicalError(records, ({ predictedChange }) => predictedChange);
  const curve = (of: (stretch: Stretch) => number): (readonly [number, number])[] => stretches.map((stretch) => [stretch.epoch, of(stretch)] as const);
  return {
    claims: [
      {
        claim: "The gradient does not shrink as it would on the way to a critical point, though the training succeeds.",
        measured: `gᵀg of the minibatches is ${showNumber(first.slope)} before the first step and ${showNumber(slopeLeft)} times that in the last epoch, while the test error falls from 90 % to ${showPercent(testErrors.at(-1)!)}.`,
        held: slopeLeft > 0.1 && testErrors.at(-1)! < 0.15,
      },
      {
        claim: "gᵀHg grows by more than an order of magnitude, so that the learning rate must shrink to fit even a strong gradient.",
        measured: `gᵀHg grows from ${showNumber(first.curvature)} before the first step by the factor ${showNumber(curvatureGrowth)}, while gᵀg is ${showNumber(peak.slope / first.slope)} times as large as at first; the largest useful step gᵀg / gᵀHg falls from ${showNumber(usefulSteps[0]!)} to ${showNumber(usefulSteps[1]!)}.`,
        held: curvatureGrowth > 10 && peak.slope / first.slope > 0.1,
      },
      {
        claim: "To second order a step changes the loss by ½ε²gᵀHg − εgᵀg.",
        measured: `Over ${showNumber(records.length)} steps this misses the measured change by ${showPercent(secondOrder)} in the median; −εgᵀg alone misses it by ${showPercent(firstOrder)}.`,
        held: secondOrder < firstOrder / 2,
      },
    ],
    charts: [
      {
        title: "Slope and curvature along the minibatch gradient",
        x: { label: "epoch" },
        y: { label: `mean over ${String(WINDOW * LOOK_EVERY)} steps`, scale: "log" },
        series: [
          { name: "gᵀg", points: curve(({ slope }) => slope) },
          { name: "gᵀHg", points: curve(({ curvature }) => curvature) },
        ],
      },
      {
        title: "Test error",
        x: { label: "epoch" },
        y: { label: "share of digits misread" },
        series: [{ name: "test error", points: testErrors.map((error, epoch) => [epoch + 1, error] as const) }],
      },
    ],
    numbers: [
      ["network", "144-64-64-64-10, relu, Glorot's initial weights"],
      ["learning rate", String(RATE)],
      ["batch size", String(BATCH_SIZE)],
    ],
  };
}

/** Section 8.2.1: the curvature along the gradient while a network learns. */
export const illConditioning: Experiment = {
  name: "ill-conditioning",
  number: 3,
  section: "8.2.1",
  title: "Ill-conditioning",
  paragraph:
    "A gradient step raises the loss as soon as the curvature costs more than the slope gains. To see whether that holds a network up, watch gᵀg and gᵀHg while it learns: often the gradient stays as large as it was, and what grows is the curvature along it.",
  formula: "L(θ − εg) − L(θ) ≈ ½ ε² gᵀHg − ε gᵀg",
  run,
};
