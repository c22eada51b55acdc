import { splitKey } from "@opt/core";
import { growth } from "@opt/diagnostics";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { DEPTHS, LEARNED, learningTimes, MOST_STEPS } from "../initial-scale/learning-time.ts";
import type { SignalRun } from "../initial-scale/signal-through-layers.ts";
import { BAD_SCALE, EPOCHS, HIDDEN_LAYERS, repairBadScale } from "../initial-scale/repair.ts";
import { LAYERS, signalsThroughLayers, WIDTH } from "../initial-scale/signal-through-layers.ts";
import { showNumber, showPercent } from "../show-number.ts";

/** The length of a random signal after a rectifier scatters by 1/√width in each layer; in the mean over all layers by less than a tenth of the factor. */
const FACTOR_TOLERANCE = 0.1;
/** The accuracy of guessing one of ten digits. */
const CHANCE = 0.1;

/** The factors by which a layer multiplies activations on their way forward and gradients on their way back. */
function factorsOf({ activations, gradients }: SignalRun): readonly [forward: number, backward: number] {
  return [growth(activations).factor, growth(gradients.toReversed()).factor];
}

function showSteps(steps: number): string {
  return Number.isFinite(steps) ? String(steps) : `more than ${String(MOST_STEPS)}`;
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [signalKey, learningKey, repairKey] = splitKey(key, 3);
  const signals = signalsThroughLayers(signalKey);
  const times = await learningTimes(learningKey, signal, (share) => progress(0.7 * share));
  const { bad, repaired, good } = await repairBadScale(repairKey, signal);
  const factors = signals.map(factorsOf);
  const errors = signals.flatMap(({ factorInTheory }, index) => factors[index]!.map((factor) => Math.abs(factor / factorInTheory - 1)));
  const kept = signals.filter(({ activations, gradients }) => [growth(activations), growth(gradients)].every(({ verdict }) => verdict === "stable"));
  return {
    claims: [
      {
        claim: "The scale of the weights decides whether signals survive: in each layer, activations and gradients change by √(m Var(w) / 2).",
        measured: `${signals.map(({ name }, index) => `${name}: ${factors[index]!.map((factor) => showNumber(factor)).join(" and ")}`).join("; ")}. The largest difference from the formula is ${showPercent(Math.max(...errors))}.`,
        held: Math.max(...errors) <= FACTOR_TOLERANCE,
      },
      {
        claim: "Only initializers with the gain of the rectifier keep both within bounds through a deep network.",
        measured: `Through ${String(LAYERS)} layers, activations and gradients keep their size within a factor of 100 with ${kept.map(({ name }) => name).join(" and ")}.`,
        held: kept.length === 2 && kept.every(({ factorInTheory }) => Math.abs(factorInTheory - 1) < 1e-9),
      },
      {
        claim: "With orthogonal weights the learning time of a deep linear network does not depend on its depth.",
        measured: `With ${DEPTHS.join(", ")} layers and rates ∝ 1/depth it takes ${times.orthogonal.map(showSteps).join(", ")} steps until ${showPercent(LEARNED)} of the variance is left; with random weights of the same scale ${times.random.map(showSteps).join(", ")}.`,
        held: Math.max(...times.orthogonal) <= 2 * Math.min(...times.orthogonal) && times.random.at(-1)! > 4 * times.orthogonal.at(-1)!,
      },
      {
        claim: "A bad scale can be repaired before training, by what a single minibatch shows of the activations.",
        measured: `After ${String(HIDDEN_LAYERS)} hidden layers with weights of N(0, ${String(BAD_SCALE)}²) the outputs have a standard deviation of ${showNumber(bad.deviations[1])}, and ${String(EPOCHS)} epochs on digits teach the network nothing (test accuracy ${showPercent(bad.testAccuracy)}). ${repaired.map(({ name, deviations, testAccuracy }) => `With ${name} it is ${showNumber(deviations[1])}, and the accuracy becomes ${showPercent(testAccuracy)}`).join(". ")}. From ${good.name}'s weights it is ${showPercent(good.testAccuracy)}.`,
        held: bad.testAccuracy < CHANCE + 0.1 && repaired.every(({ testAccuracy }) => testAccuracy > good.testAccuracy - 0.1),
      },
    ],
    charts: [
      {
        title: "Activations on their way forward",
        x: { label: "layer" },
        y: { label: "root mean square", scale: "log" },
        series: signals.map(({ name, activations }) => ({ name, points: activations.map((value, layer) => [layer + 1, value] as const) })),
      },
      {
        title: "Gradients on their way back",
        x: { label: "layer" },
        y: { label: "root mean square, last layer 1", scale: "log" },
        series: signals.map(({ name, gradients }) => ({ name, points: gradients.map((value, layer) => [layer + 1, value / gradients.at(-1)!] as const) })),
      },
      {
        title: "Steps that a deep linear network needs to learn",
        x: { label: "layers" },
        y: { label: "steps" },
        series: [
          { name: "orthogonal", points: times.orthogonal.map((steps, index) => [DEPTHS[index]!, steps] as const) },
          { name: "N(0, 1/m)", points: times.random.map((steps, index) => [DEPTHS[index]!, steps] as const) },
        ],
      },
      {
        title: "A bad scale, as it is and repaired",
        x: { label: "epoch" },
        y: { label: "training loss" },
        series: [bad, ...repaired, good].map(({ name, losses }) => ({ name, points: losses.map((loss, epoch) => [epoch + 1, loss] as const) })),
      },
    ],
    numbers: [["width", String(WIDTH)]],
  };
}

/** Section 8.4: what the scale of the first weights does to deep networks. */
export const initialScale: Experiment = {
  name: "initial-scale",
  number: 10,
  section: "8.4",
  title: "The scale of the initial weights",
  paragraph:
    "The first parameters decide whether a deep network learns at all. Weights that are too small lose the signal on its way through the layers, weights that are too large blow it up, forward and backward alike. Scaled by the width of the layers, and with the gain of the activation, it keeps its size. Orthogonal matrices keep it exactly, in every direction, and then depth costs no time.",
  formula: "Glorot: W ~ U(−√(6 / (m + n)), √(6 / (m + n)));   He: Var(w) = 2 / m;   orthogonal: WᵀW = g² I",
  run,
};
