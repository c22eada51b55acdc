import type { Optimizer } from "@opt/core";
import type { Batch, BatchSource } from "@opt/data";
import type { MlpParams, Model } from "@opt/nn";
import { softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import type { Evaluation, TestDigits } from "./evaluate.ts";
import { evaluate, surestMistakes } from "./evaluate.ts";
import type { EpochRecord, RunRecord } from "./run-record.ts";
import { movingAverage } from "../series.ts";
import type { ProgressDisplay, RunProgress } from "./terminal/progress.ts";

/** What all runs of an experiment share. */
export interface TrainingSetup {
  readonly model: Model<MlpParams>;
  /** Where every run starts. */
  readonly params: MlpParams;
  readonly batches: BatchSource;
  readonly epochs: number;
  readonly test: TestDigits;
  /** Computes the logits of all test digits. */
  readonly readTestDigits: (params: MlpParams) => Promise<ArrayLike<number>>;
  readonly progress: ProgressDisplay;
  readonly signal: AbortSignal;
}

/** An optimizer that takes part. */
export interface Contestant {
  readonly name: string;
  readonly learningRate: number;
  readonly optimizer: Optimizer;
}

/** Weight of the past in the loss that the progress display shows. */
const SMOOTHING = 0.95;
/** How many misread digits are kept. */
const MISREAD_SHOWN = 20;

/** The record of an optimizer that has not run. */
export function notStarted({ name, learningRate }: Contestant): RunRecord {
  const nothing = { losses: [], epochs: [], misread: [], misreadCount: 0, seconds: Number.NaN, testAccuracy: Number.NaN, message: "" };
  return { name, learningRate, status: "not-started", ...nothing };
}

/**
 * Trains the network with one optimizer, tests it after each epoch and at the end.
 *
 * @param contestant - the optimizer
 * @param setup - everything that all optimizers share
 * @returns what it did, also when it was aborted or its loss was no longer finite
 */
export async function trainOptimizer(contestant: Contestant, setup: TrainingSetup): Promise<RunRecord> {
  const { model, test, progress, batches } = setup;
  const average = movingAverage(SMOOTHING);
  const epochs: EpochRecord[] = [];
  let latest: RunProgress = { step: 0, epoch: 0, loss: Number.NaN, testAccuracy: Number.NaN, stepsPerSecond: Number.NaN };
  let evaluation: Evaluation | undefined;
  let logits: ArrayLike<number> = [];

  async function testNetwork(params: MlpParams): Promise<Evaluation> {
    logits = await setup.readTestDigits(params);
    evaluation = evaluate(logits, test.labels);
    return evaluation;
  }

  const result = await fit({
    loss: (params: MlpParams, batch: Batch) => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets),
    params: setup.params,
    optimizer: contestant.optimizer,
    batches,
    epochs: setup.epochs,
    signal: setup.signal,
    onStep: (info) => {
      latest = { ...latest, step: info.step, epoch: info.epoch + 1, loss: average(info.loss), stepsPerSecond: info.step / info.seconds };
      progress.step(contestant.name, latest);
    },
    onEpoch: async (info) => {
      const { accuracy } = await testNetwork(info.params);
      epochs.push({ epoch: info.epoch + 1, trainingLoss: info.loss, testAccuracy: accuracy });
      latest = { ...latest, testAccuracy: accuracy };
      progress.epoch(contestant.name, latest);
    },
  });

  // A run that ended within an epoch has not been tested with its last parameters.
  const final = result.status === "completed" && evaluation !== undefined ? evaluation : await testNetwork(result.params);
  return {
    name: contestant.name,
    learningRate: contestant.learningRate,
    status: result.status,
    message: result.status === "non-finite" ? result.message : "",
    losses: result.history.steps,
    epochs,
    seconds: result.seconds,
    testAccuracy: final.accuracy,
    misreadCount: final.wrong.length,
    misread: surestMistakes(logits, test, final.wrong, MISREAD_SHOWN),
  };
}
