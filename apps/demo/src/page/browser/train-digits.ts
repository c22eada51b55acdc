import type { Tensor } from "@opt/core";
import { compile, fail, key, splitKey, tensor } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import type { MlpParams } from "@opt/nn";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import { drawDigitSets } from "../../digits/digit-sets.ts";
import { evaluate } from "../../digits/evaluate.ts";
import { defaultLearningRate, makeOptimizer } from "../../digits/optimizers.ts";
import { makeSchedule } from "../../digits/schedules.ts";
import { formatCount } from "../../terminal/format.ts";
import type { Gate } from "./gate.ts";
import { readMnistFiles } from "./mnist-files.ts";
import type { TrainingRequest, WorkerMessage } from "./protocol.ts";
import { makeStepRate } from "./step-rate.ts";

const HIDDEN = 128;
const CLASSES = 10;
const BATCH_SIZE = 128;
/** Seconds between two messages about progress: enough for a curve that moves, too few to slow the steps down. */
const PROGRESS_INTERVAL = 0.05;

/**
 * Trains the network of the terminal's demo, with its schedule and learning rates, on the backend that is set.
 *
 * @param request - what to train
 * @param report - is told what happens
 * @param gate - holds the training up between two steps
 */
export async function trainDigits(request: TrainingRequest, report: (message: WorkerMessage) => void, gate: Gate): Promise<void> {
  const { optimizer: name, epochs, examples, files, seed } = request;
  const [dataKey, paramsKey, batchKey] = splitKey(key(seed), 3);
  const { description, training, test } = files.length > 0 ? await readMnistFiles(files) : drawDigitSets(examples, dataKey);
  if (training.size < BATCH_SIZE) fail("data", `There must be at least ${BATCH_SIZE} training digits, one batch; got ${formatCount(training.size)}.`);
  const pixels = test.pixels.length / test.labels.length;
  const model = mlp({ sizes: [pixels, HIDDEN, CLASSES] });
  const batches = minibatches(training, { batchSize: BATCH_SIZE, key: batchKey, lastBatch: "drop" });
  const totalSteps = epochs * batches.batchesPerEpoch;
  const learningRate = defaultLearningRate(name);
  const testInputs = tensor(test.pixels, { shape: [test.labels.length, pixels] });
  const apply = compile((params: MlpParams, inputs: Tensor) => model.apply(params, inputs));
  report({ kind: "digits", description, totalSteps });

  const rate = makeStepRate();
  let losses: number[] = [];
  let reported = 0;
  let paused = 0;
  const waitAt = async (opened: Promise<void>): Promise<void> => {
    report({ kind: "paused" });
    const since = performance.now();
    await opened;
    paused += (performance.now() - since) / 1000;
  };

  const { status, message, steps, seconds } = await fit({
    loss: (params: MlpParams, batch: Batch) => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets),
    params: model.init(paramsKey),
    optimizer: makeOptimizer(name, makeSchedule("linear", learningRate, totalSteps), learningRate),
    batches,
    epochs,
    onStep: (info) => {
      losses.push(info.loss);
      const now = info.seconds - paused;
      const opened = gate.pass();
      if (now - reported >= PROGRESS_INTERVAL || info.stepOfEpoch === info.batchesPerEpoch || opened !== undefined) {
        report({ kind: "progress", losses, stepsPerSecond: rate(info.step, now) });
        losses = [];
        reported = now;
      }
      return opened && waitAt(opened);
    },
    onEpoch: async ({ epoch, loss, params }) => {
      const { accuracy } = evaluate(await apply(params, testInputs).read(), test.labels);
      report({ kind: "epoch", epoch: epoch + 1, loss, accuracy });
    },
  });
  report({ kind: "progress", losses, stepsPerSecond: steps / (seconds - paused) });
  report({ kind: "ended", message: status === "completed" ? "" : message });
}
