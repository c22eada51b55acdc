import { compile, fail, key, splitKey, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import { minibatches } from "@opt/data";
import type { MlpParams } from "@opt/nn";
import { mlp } from "@opt/nn";
import type { DigitSets } from "./digit-sets.ts";
import { loadDigitSets } from "./load-digit-sets.ts";
import { DEFAULT_OPTIMIZERS, defaultLearningRate, makeOptimizer } from "./optimizers.ts";
import type { DigitsOptions } from "./digits-options.ts";
import type { ExperimentRecord, RunRecord, Setting } from "./run-record.ts";
import { makeSchedule } from "./schedules.ts";
import type { Terminal } from "../terminal/console-style.ts";
import { formatCount } from "../terminal/format.ts";
import { openProgress } from "./terminal/progress.ts";
import type { Contestant, TrainingSetup } from "./train-optimizer.ts";
import { notStarted, trainOptimizer } from "./train-optimizer.ts";

const CLASSES = 10;

/** The optimizers that take part, each with its learning rate. */
function makeContestants(options: DigitsOptions, totalSteps: number): Contestant[] {
  return (options.optimizer ?? DEFAULT_OPTIMIZERS).map((name) => {
    const learningRate = options.learningRate?.byName.get(name) ?? options.learningRate?.all ?? defaultLearningRate(name);
    const schedule = makeSchedule(options.schedule, learningRate, totalSteps);
    return { name, learningRate, optimizer: makeOptimizer(name, schedule, learningRate) };
  });
}

function listSettings(options: DigitsOptions, sets: DigitSets, sizes: readonly number[], stepsPerEpoch: number): Setting[] {
  return [
    { name: "network", value: `${sizes.join("-")}, relu` },
    { name: "training digits", value: sets.description },
    { name: "test digits", value: formatCount(sets.test.labels.length) },
    { name: "batch size", value: String(options.batchSize) },
    { name: "epochs", value: String(options.epochs) },
    { name: "steps per epoch", value: formatCount(stepsPerEpoch) },
    { name: "learning-rate schedule", value: options.schedule },
    { name: "seed", value: String(options.seed) },
  ];
}

/** Runs the optimizers one after the other, so that each has the machine for itself. */
async function runAll(contestants: readonly Contestant[], setup: TrainingSetup): Promise<RunRecord[]> {
  const runs: RunRecord[] = [];
  try {
    for (const contestant of contestants) {
      runs.push(setup.signal.aborted ? notStarted(contestant) : await trainOptimizer(contestant, setup));
    }
  } finally {
    setup.progress.stop();
  }
  return runs;
}

/**
 * Trains one network on digits with each optimizer, from the same parameters and with the same batches in the same order.
 *
 * @param options - what the command line asks for
 * @param command - the command line itself, for the report
 * @param terminal - where progress is shown
 * @param signal - ends the experiment early
 * @returns what happened
 */
export async function runDigits(options: DigitsOptions, command: string, terminal: Terminal, signal: AbortSignal): Promise<ExperimentRecord> {
  const [dataKey, paramsKey, batchKey] = splitKey(key(options.seed), 3);
  const sets = await loadDigitSets(options, dataKey);
  const { training, test } = sets;
  if (options.batchSize > training.size) {
    fail("option", `--batch-size: must be at most the number of training digits, ${formatCount(training.size)}; got ${String(options.batchSize)}.`);
  }
  const pixels = test.pixels.length / test.labels.length;
  const sizes = [pixels, ...options.hidden, CLASSES];
  const model = mlp({ sizes });
  const batches = minibatches(training, { batchSize: options.batchSize, key: batchKey, lastBatch: "drop" });
  const contestants = makeContestants(options, options.epochs * batches.batchesPerEpoch);

  const epochs = options.epochs === 1 ? "1 epoch" : `${String(options.epochs)} epochs`;
  const summary = `A ${sizes.join("-")} network learns from ${sets.description} and is tested on ${formatCount(test.labels.length)} others.`;
  terminal.write(summary);
  terminal.write(terminal.dim(`Batches of ${String(options.batchSize)}, ${epochs}, seed ${String(options.seed)}.`));
  terminal.write("");

  const testInputs = tensor(test.pixels, { shape: [test.labels.length, pixels] });
  const apply = compile((params: MlpParams, inputs: Tensor) => model.apply(params, inputs));
  const runs = await runAll(contestants, {
    model,
    params: model.init(paramsKey),
    batches,
    epochs: options.epochs,
    test,
    readTestDigits: (params) => apply(params, testInputs).read(),
    progress: openProgress(terminal, contestants.map(({ name }) => name), options.epochs, batches.batchesPerEpoch),
    signal,
  });
  return {
    title: "Learning to read digits",
    summary: `${summary} Every optimizer starts from the same parameters and sees the same batches in the same order.`,
    command,
    date: new Date(),
    settings: listSettings(options, sets, sizes, batches.batchesPerEpoch),
    stepsPerEpoch: batches.batchesPerEpoch,
    epochs: options.epochs,
    testCount: test.labels.length,
    interrupted: signal.aborted,
    runs,
  };
}
