import type { ExperimentRecord } from "./run-record.ts";
import { finalLoss, hashLosses, stepsPerSecond } from "./run-record.ts";

/** JSON has no NaN or infinity: null stands for a number that was not reached. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/**
 * The results for machines. `lossHash` is equal for two runs exactly when their losses agree bit for bit.
 *
 * @param experiment - what was run
 * @returns JSON text with two spaces of indentation
 */
export function resultsJson(experiment: ExperimentRecord): string {
  const results = {
    command: experiment.command,
    date: experiment.date.toISOString(),
    settings: Object.fromEntries(experiment.settings.map(({ name, value }) => [name, value])),
    interrupted: experiment.interrupted,
    runs: experiment.runs.map((run) => ({
      optimizer: run.name,
      learningRate: run.learningRate,
      status: run.status,
      message: run.message,
      steps: run.losses.length,
      seconds: finiteOrNull(run.seconds),
      stepsPerSecond: finiteOrNull(stepsPerSecond(run)),
      finalLoss: finiteOrNull(finalLoss(run, experiment.stepsPerEpoch)),
      testAccuracy: finiteOrNull(run.testAccuracy),
      misread: run.misreadCount,
      lossHash: hashLosses(run.losses),
      epochs: run.epochs.map((entry) => ({ ...entry, trainingLoss: finiteOrNull(entry.trainingLoss) })),
    })),
  };
  return JSON.stringify(results, null, 2);
}
