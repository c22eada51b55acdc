import { splitKey } from "@opt/core";
import { mean } from "../../series.ts";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent } from "../show-number.ts";
import { standardError } from "../statistics.ts";
import { trainBeyondZeroError } from "../surrogate-loss/after-zero-error.ts";
import { stopEarly } from "../surrogate-loss/early-stop.ts";

/** A gain that is so many standard errors above zero is no chance. */
const STANDARD_ERRORS = 3;
/** What pure optimization would call converged: `minimize` wants no element of a single-precision gradient above this. */
const CONVERGED = 1e-3;

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [setsKey, stopKey] = splitKey(key, 2);
  const runs = await trainBeyondZeroError(setsKey, signal, (share) => progress(0.8 * share));
  const stop = await stopEarly(stopKey, signal);
  progress(1);
  const gains = runs.map(({ firstError, lastError }) => firstError - lastError);
  const perfect = runs.map(({ perfectAfter }) => perfectAfter);
  const [drawn] = runs;
  const first = drawn!.history.find(({ epoch }) => epoch === drawn!.perfectAfter);
  const last = drawn!.history.at(-1)!;
  return {
    claims: [
      {
        claim: "The test 0-1 error goes on falling for a long time after the training 0-1 error has reached zero, because the surrogate loss pushes the classes further apart.",
        measured: `${String(runs.length)} networks read all of their training digits after ${String(Math.min(...perfect))} to ${String(Math.max(...perfect))} epochs. From there to epoch ${String(last.epoch)} the test error falls by ${showNumber(100 * mean(gains))} ± ${showNumber(100 * standardError(gains))} percentage points.`,
        held: mean(gains) > STANDARD_ERRORS * standardError(gains),
      },
      {
        claim: "Early stopping halts while the surrogate loss still has large derivatives, where pure optimization would go on.",
        measured: `Training stops where the gradient's norm is ${showNumber(stop.gradientNorms[1])}, ${showNumber(stop.gradientNorms[1] / stop.gradientNorms[0])} times that at the start, with elements up to ${showNumber(stop.largestElement)}; going on brings the surrogate loss from ${showNumber(stop.surrogates[0])} down to ${showNumber(stop.surrogates[1])}.`,
        held: stop.stopped && stop.largestElement > 5 * CONVERGED && stop.surrogates[1] < stop.surrogates[0] / 2,
      },
      {
        claim: "It halts on the true loss, when overfitting begins: what lowers the surrogate further raises the test error.",
        measured: `The best epoch is ${String(stop.bestEpoch)}, with a test error of ${showPercent(stop.testErrors[0])}; much later it is ${showPercent(stop.testErrors[1])}. A fifth of the training labels is drawn at random here.`,
        held: stop.testErrors[0] < stop.testErrors[1],
      },
    ],
    charts: [
      {
        title: "Errors and surrogate loss of one network",
        x: { label: "epoch", scale: "log" },
        y: { label: "share misread, or loss" },
        series: [
          { name: "training error", points: drawn!.history.map(({ epoch, trainingError }) => [epoch, trainingError] as const) },
          { name: "test error", points: drawn!.testErrors },
          { name: "surrogate loss", points: drawn!.history.map(({ epoch, surrogate }) => [epoch, surrogate] as const) },
        ],
      },
      {
        title: "Test error of each network",
        x: { label: "network" },
        y: { label: "share misread" },
        series: [
          { name: "when it first misread no training digit", points: runs.map(({ firstError }, index) => [index + 1, firstError] as const), style: "dots" },
          { name: "at the end", points: runs.map(({ lastError }, index) => [index + 1, lastError] as const), style: "dots" },
        ],
      },
    ],
    numbers: [
      ["surrogate loss at the first perfect epoch", showNumber(first?.surrogate ?? Number.NaN)],
      ["surrogate loss at the end", showNumber(last.surrogate)],
    ],
  };
}

/** Sections 8.1.1 and 8.1.2: how learning differs from pure optimization. */
export const surrogateLoss: Experiment = {
  name: "surrogate-loss",
  number: 1,
  section: "8.1.2",
  title: "Surrogate loss and early stopping",
  paragraph:
    "What is wanted of a classifier is few mistakes, but the 0-1 loss has no useful gradient, so the negative log-likelihood is minimized in its place. That can achieve more than the true loss could: when every training example is classified correctly there is still something to learn. And training need not end at a minimum of the surrogate: early stopping watches the true loss on held-out examples.",
  formula: "surrogate  −log p(y | x; θ)   for the 0-1 loss  1[ŷ(x; θ) ≠ y]",
  run,
};
