import { splitKey } from "@opt/core";
import { adam, rmsprop } from "@opt/first-order";
import type { BowlSteps } from "../adaptive-rates/bowls.ts";
import { CONDITIONS, descendBowls, MOST_STEPS, TURNED_CONDITION } from "../adaptive-rates/bowls.ts";
import { bowlsAfterSlope } from "../adaptive-rates/memory.ts";
import { EPOCHS, firstStep, FULL_BATCH_STEPS, trainOnDigits } from "../adaptive-rates/on-digits.ts";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showPercent, showRange } from "../show-number.ts";

const SCALED = ["AdaGrad", "RMSProp", "Adam"];
const RMS_DECAY = 0.9;
/** The largest difference between test accuracies that is not yet "best by far": four standard errors of a difference on 2,000 digits. */
const SPREAD = 0.03;

function showSteps(steps: number): string {
  return Number.isFinite(steps) ? showNumber(steps) : `more than ${showNumber(MOST_STEPS)}`;
}

function of(bowls: readonly BowlSteps[], name: string): BowlSteps {
  return bowls.find((bowl) => bowl.name === name)!;
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [bowlKey, digitsKey] = splitKey(key, 2);
  const bowls = await descendBowls(bowlKey, signal, (share) => progress(share / 2));
  const slopes = bowlsAfterSlope();
  const digits = await trainOnDigits(digitsKey, signal, (share) => progress((1 + share) / 2));

  const descent = of(bowls, "gradient descent");
  const individual = of(bowls, "delta-bar-delta");
  const turnedIndex = CONDITIONS.indexOf(TURNED_CONDITION);
  const scaled = SCALED.map((name) => of(bowls, name));
  const changes = scaled.map(({ aligned }) => Math.max(...aligned) / Math.min(...aligned));
  const losses = digits.minibatch.map((entry) => entry.losses.at(-1)!);
  const accuracies = digits.minibatch.map(({ testAccuracy }) => testAccuracy);
  const firstSteps = [firstStep(adam({ learningRate: 0.01 }), 0.01), firstStep(rmsprop({ learningRate: 0.01, decay: RMS_DECAY }), 0.01)] as const;
  return {
    claims: [
      {
        claim: "Where the directions of sensitivity are aligned with the axes, a rate for each parameter takes care of them: AdaGrad, RMSProp and Adam do not feel the condition number.",
        measured: `From κ = 1 to ${showNumber(CONDITIONS.at(-1)!)} they need ${scaled.map(({ name, aligned }) => `${showRange(aligned)} (${name})`).join(", ")} steps; gradient descent at its best rate goes from ${showSteps(descent.aligned[1]!)} at κ = 10 to ${showSteps(descent.aligned.at(-1)!)}.`,
        held: changes.every((change) => change <= 1.05) && descent.aligned.at(-1)! > 100 * descent.aligned[1]!,
      },
      {
        claim: "Where they are not, the advantage is gone.",
        measured: `On the bowl with κ = ${showNumber(TURNED_CONDITION)}, turned at random, they need ${scaled.map(({ name, turned }) => `${showSteps(turned)} (${name})`).join(", ")} steps; gradient descent needs ${showSteps(descent.turned)}, as before.`,
        held: scaled.every(({ turned, aligned }) => turned > 2 * aligned[turnedIndex]!) && Math.abs(descent.turned / descent.aligned[turnedIndex]! - 1) <= 0.01,
      },
      {
        claim: "Delta-bar-delta learns a rate for each parameter from the signs of its gradients, with the whole gradient.",
        measured: `At κ = ${showNumber(TURNED_CONDITION)} it needs ${showSteps(individual.aligned[turnedIndex]!)} steps where gradient descent needs ${showSteps(descent.aligned[turnedIndex]!)}. On digits, ${String(FULL_BATCH_STEPS)} steps with all examples bring it to a loss of ${showNumber(digits.fullBatch.deltaBarDelta)}, gradient descent at its best rate to ${showNumber(digits.fullBatch.descent)}.`,
        held: individual.aligned[turnedIndex]! < descent.aligned[turnedIndex]! / 2 && digits.fullBatch.deltaBarDelta < digits.fullBatch.descent / 2,
      },
      {
        claim: "AdaGrad sums the squares of all gradients from the beginning, which may shrink its rates too much too early; RMSProp forgets, and converges rapidly once it has found a bowl.",
        measured: `Down the same long, steep slope AdaGrad takes ${showNumber(slopes.remembering.stepsOnSlope)} steps and RMSProp ${showNumber(slopes.forgetting.stepsOnSlope)}; in the gentle bowl below it AdaGrad takes ${showNumber(slopes.remembering.stepsInBowl)} and RMSProp ${showNumber(slopes.forgetting.stepsInBowl)}.`,
        held: slopes.forgetting.stepsInBowl < slopes.remembering.stepsInBowl / 10 && slopes.remembering.stepsOnSlope < slopes.forgetting.stepsOnSlope * 2,
      },
      {
        claim: "Adam corrects the bias of its averages, which start at zero; RMSProp does not, and its first steps are too long.",
        measured: `The first step is ${showNumber(firstSteps[0], 4)} ε with Adam and ${showNumber(firstSteps[1], 4)} ε with RMSProp, that is 1 / √(1 − ρ) with ρ = ${String(RMS_DECAY)}.`,
        held: Math.abs(firstSteps[0] - 1) <= 1e-3 && Math.abs(firstSteps[1] * Math.sqrt(1 - RMS_DECAY) - 1) <= 1e-3,
      },
      {
        claim: "On a real network no single one of these methods is best by far.",
        measured: `After ${String(EPOCHS)} epochs on digits, each at its best rate: ${digits.minibatch.map(({ name, learningRate, testAccuracy }, index) => `${name} (ε = ${String(learningRate)}) training loss ${showNumber(losses[index]!)}, test accuracy ${showPercent(testAccuracy)}`).join("; ")}.`,
        held: Math.max(...accuracies) - Math.min(...accuracies) <= SPREAD,
      },
    ],
    charts: [
      {
        title: "Steps down a bowl whose axes are the coordinates",
        x: { label: "condition number κ", scale: "log" },
        y: { label: "steps", scale: "log" },
        series: bowls.map(({ name, aligned }) => ({ name, points: aligned.map((steps, index) => [CONDITIONS[index]!, steps] as const) })),
      },
      {
        title: "A steep slope, then a gentle bowl",
        x: { label: "step" },
        y: { label: "distance from the minimum", scale: "log" },
        series: [slopes.remembering, slopes.forgetting].map(({ name, path }) => ({ name, points: path })),
      },
      {
        title: "Training loss on digits",
        x: { label: "epoch" },
        y: { label: "mean loss", scale: "log" },
        series: digits.minibatch.map(({ name, losses: curve }) => ({ name, points: curve.map((loss, epoch) => [epoch + 1, loss] as const) })),
      },
    ],
    numbers: bowls.map(({ name, turned }) => [`turned bowl, ${name}`, showSteps(turned)] as const),
  };
}

/** Section 8.5: methods that give every parameter a learning rate of its own. */
export const adaptiveRates: Experiment = {
  name: "adaptive-rates",
  number: 11,
  section: "8.5",
  title: "Adaptive learning rates",
  paragraph:
    "The learning rate is the hyper-parameter that is hardest to set, because the loss is sensitive to some directions and not to others. If those directions are roughly the axes, a separate rate for each parameter, adapted on the way, is the remedy. Delta-bar-delta looks at the signs of the gradients; AdaGrad, RMSProp and Adam divide by a record of their sizes, and differ in how long they remember and in what they do about the start.",
  formula: "AdaGrad  r ← r + g²;   RMSProp  r ← ρr + (1 − ρ)g²;   θ ← θ − ε g / √r\nAdam  s ← ρ₁s + (1 − ρ₁)g,   θ ← θ − ε ŝ / (√r̂ + δ),   ŝ = s / (1 − ρ₁ᵗ),   r̂ = r / (1 − ρ₂ᵗ)",
  run,
};
