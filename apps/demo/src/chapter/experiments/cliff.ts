import { splitKey } from "@opt/core";
import { trainToRemember } from "../cliff/memory-task.ts";
import { cliffProfile, descendTheCliff, MAX_NORM, PROFILE_WEIGHT, RATE } from "../cliff/single-unit.ts";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showNumber, showRange } from "../show-number.ts";
import { median } from "../statistics.ts";

/** The loss where the state is saturated and no gradient leads back is 0.09; this is well on the way there. */
const LOST = 0.03;
/** The loss of a network that always answers 0. */
const KNOWS_NOTHING = 1;

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [startKey, memoryKey] = splitKey(key, 2);
  const profile = cliffProfile();
  const { plain, clipped } = await descendTheCliff(startKey, signal, (share) => progress(share / 2));
  const memory = await trainToRemember(memoryKey, signal, (share) => progress((1 + share) / 2));

  const slopes = profile.map(({ slope }) => slope);
  const steepest = profile.reduce((most, point) => (point.slope > most.slope ? point : most));
  const longest = [plain, clipped].map((runs) => Math.max(...runs.map(({ longestStep }) => longestStep))) as [number, number];
  const lost = [plain, clipped].map((runs) => runs.filter(({ finalLoss }) => finalLoss > LOST).length) as [number, number];
  const thrown = plain.reduce((farthest, entry, index) => (entry.longestStep > plain[farthest]!.longestStep ? index : farthest), 0);
  const finals = (runs: readonly { readonly finalLoss: number }[]): number[] => runs.map(({ finalLoss }) => finalLoss);
  return {
    claims: [
      {
        claim: "Multiplying several large weights together, as recurrent networks do, makes the loss as steep as a cliff.",
        measured: `Along the bias, the gradient's norm is ${showNumber(median(slopes))} in the median and ${showNumber(steepest.slope)} at b = ${showNumber(steepest.bias)}.`,
        held: steepest.slope > 10 * median(slopes),
      },
      {
        claim: "At a cliff a gradient step throws the parameters very far and may undo the work that was done.",
        measured: `Of ${String(plain.length)} descents ${String(lost[0])} end at a loss above ${String(LOST)}; the longest step goes ${showNumber(longest[0])} far.`,
        held: lost[0] >= plain.length / 4 && longest[0] > 20 * RATE * MAX_NORM,
      },
      {
        claim: "Clipping the norm of the gradient makes it less likely that a step leaves the region where the gradient can be trusted.",
        measured: `From the same starts with ‖g‖ ≤ ${String(MAX_NORM)}, ${lost[1] === 0 ? "none ends" : `${String(lost[1])} end`} above ${String(LOST)}; the worst ends at ${showNumber(Math.max(...finals(clipped)))}, and no step goes farther than ${showNumber(longest[1])}.`,
        held: lost[1] <= lost[0] / 4 && longest[1] <= RATE * MAX_NORM * (1 + 1e-9),
      },
      {
        claim: "A real recurrent network, too, learns with clipping at a rate at which it is destroyed without.",
        measured: `${String(memory.plain.length)} networks that must remember for 20 steps come to losses of ${showRange(finals(memory.clipped))} with clipping. Without, their losses rise to ${showRange(memory.plain.map(({ worstLoss }) => worstLoss))}, and ${String(memory.plain.filter(({ status }) => status === "non-finite").length)} end in infinities.`,
        held: finals(memory.clipped).every((loss) => loss < KNOWS_NOTHING / 2) && memory.plain.filter(({ worstLoss }) => worstLoss > 10 * KNOWS_NOTHING).length > memory.plain.length / 2,
      },
    ],
    charts: [
      {
        title: `The cliff, at w = ${String(PROFILE_WEIGHT)}`,
        x: { label: "bias b" },
        y: { label: "loss, and norm of its gradient", scale: "log" },
        series: [
          { name: "loss", points: profile.map(({ bias, loss }) => [bias, loss] as const) },
          { name: "‖g‖", points: profile.map(({ bias, slope }) => [bias, slope] as const) },
        ],
      },
      {
        title: "Descents from the start that is thrown the farthest",
        x: { label: "step" },
        y: { label: "loss", scale: "log" },
        series: [
          { name: "without clipping", points: plain[thrown]!.losses },
          { name: "with clipping", points: clipped[thrown]!.losses },
        ],
      },
      {
        title: "A network that must remember for 20 steps",
        x: { label: "step" },
        y: { label: "training loss", scale: "log" },
        series: [
          { name: "without clipping", points: memory.plain[0]!.losses.map((loss, step) => [step + 1, loss] as const) },
          { name: "with clipping", points: memory.clipped[0]!.losses.map((loss, step) => [step + 1, loss] as const) },
        ],
      },
    ],
    numbers: [["learning rate at the cliff", String(RATE)]],
  };
}

/** Section 8.2.4: cliffs in the loss of recurrent networks, and clipping. */
export const cliff: Experiment = {
  name: "cliff",
  number: 5,
  section: "8.2.4",
  title: "Cliffs and exploding gradients",
  paragraph:
    "One unit that feeds itself for fifty steps, hₜ = w σ(hₜ₋₁) + b, is enough for a cliff: where its state changes from one resting place to another, the loss jumps. The gradient there gives a direction, but a step in proportion to its length leaves the region in which it means anything. Clipping keeps the direction and limits the length.",
  formula: "if ‖g‖ > v:   g ← v g / ‖g‖",
  run,
};
