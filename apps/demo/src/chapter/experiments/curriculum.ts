import type { Key, Tensor } from "@opt/core";
import { cast, greater, hostRandomUniform, splitKey } from "@opt/core";
import type { Batch, Dataset } from "@opt/data";
import { dataset, minibatches } from "@opt/data";
import { adam, chain, clipByGlobalNorm } from "@opt/first-order";
import { binaryCrossEntropy, dense, recurrent, sequential, simpleRecurrentCell } from "@opt/nn";
import type { Pacing } from "@opt/strategies";
import { curriculum, linearPacing } from "@opt/strategies";
import { fit } from "@opt/train";
import type { Batches } from "@opt/train";
import { mean } from "../../series.ts";
import type { Claim, Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { showPercent } from "../show-number.ts";

const LONGEST = 24;
const TRAINING = 3000;
const TEST = 1000;
const UNITS = 32;
const BATCH_SIZE = 50;
const EPOCHS = 14;
const NETWORKS = 4;
/** A curriculum begins with sequences of one or two signs and has released all after this part of training. */
const PACING: Pacing = linearPacing({ start: 2 / LONGEST, until: 0.7 });
/** The share of a stochastic curriculum that is drawn from the whole set from the beginning. */
const MIXING = 0.2;
/** What counts as better: more than the means of so few networks vary by chance. */
const IMPROVEMENT = 0.05;

const STRATEGIES = ["none", "stochastic", "deterministic"] as const;
type Strategy = (typeof STRATEGIES)[number];

/** The test accuracy after each epoch. */
type Curve = readonly number[];

/**
 * Draws sequences of ±1 of every length up to the longest, right-aligned after zeros, and whether they hold an even number of
 * −1: the longer a sequence, the longer the network must remember.
 */
function drawSequences(key: Key, count: number): { data: Dataset; lengths: Float64Array } {
  const [lengthKey, signKey] = splitKey(key, 2);
  const lengths = hostRandomUniform(lengthKey, count).map((u) => 1 + Math.floor(LONGEST * u));
  const inputs = Float32Array.from(hostRandomUniform(signKey, count * LONGEST), (u, index) => {
    const isPadding = index % LONGEST < LONGEST - lengths[Math.floor(index / LONGEST)]!;
    return isPadding ? 0 : u < 0.5 ? -1 : 1;
  });
  const targets = Float32Array.from(lengths, (_, example) => {
    const negatives = inputs.subarray(example * LONGEST, (example + 1) * LONGEST).filter((sign) => sign < 0).length;
    return negatives % 2 === 0 ? 1 : 0;
  });
  return { data: dataset({ inputs, inputShape: [LONGEST, 1], targets, targetShape: [1] }), lengths };
}

/** The share of log-odds with the right sign. */
function binaryAccuracy(logits: Tensor, targets: Tensor): Tensor {
  return cast(greater(logits.mul(targets.sub(0.5)), 0), "f32").mean();
}

async function train(key: Key, strategy: Strategy, signal: AbortSignal): Promise<Curve> {
  const [dataKey, testKey, paramsKey, batchKey] = splitKey(key, 4);
  const { data, lengths } = drawSequences(dataKey, TRAINING);
  const test = drawSequences(testKey, TEST);
  const common = { difficulty: lengths, pacing: PACING, epochs: EPOCHS, batchSize: BATCH_SIZE };
  const batches: Readonly<Record<Strategy, Batches<Batch>>> = {
    none: minibatches(data, { batchSize: BATCH_SIZE, key: batchKey }),
    stochastic: curriculum(data, { ...common, mixing: MIXING, key: batchKey }),
    deterministic: curriculum(data, { ...common, order: "deterministic" }),
  };
  const model = sequential([recurrent(simpleRecurrentCell({ inputs: 1, units: UNITS })), dense({ inputs: UNITS, outputs: 1 })]);
  type Params = ReturnType<typeof model.init>;
  const { history } = await fit({
    params: model.init(paramsKey),
    loss: (params: Params, { inputs, targets }: Batch) => binaryCrossEntropy(model.apply(params, inputs), targets),
    batches: batches[strategy],
    validation: minibatches(test.data, { batchSize: TEST, shuffle: "never" }),
    metrics: { accuracy: (params, { inputs, targets }) => binaryAccuracy(model.apply(params, inputs), targets) },
    // Gradients through 24 steps of time sometimes explode: section 8.2.4.
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.003 })),
    epochs: EPOCHS,
    signal,
  });
  signal.throwIfAborted();
  return history.epochs.map(({ validation }) => validation?.["accuracy"] ?? Number.NaN);
}

/** The mean over networks, epoch by epoch. */
function meanCurve(curves: readonly Curve[]): Curve {
  return Array.from({ length: EPOCHS }, (_, epoch) => mean(curves.map((curve) => curve[epoch] ?? Number.NaN)));
}

function claimsOf(curves: Readonly<Record<Strategy, Curve>>): Claim[] {
  const [none, stochastic, deterministic] = [mean(curves.none), mean(curves.stochastic), mean(curves.deterministic)];
  return [
    {
      claim: "A stochastic curriculum, which always mixes easy and hard examples and has ever more hard ones, learns faster than ordinary training on the full set.",
      measured: `Test accuracy, mean over ${String(EPOCHS)} epochs and ${String(NETWORKS)} networks: ${showPercent(stochastic)} with the curriculum, ${showPercent(none)} without.`,
      held: stochastic > none + IMPROVEMENT,
    },
    {
      claim: "A deterministic curriculum, which goes from the easiest to the hardest in order, brings no improvement over ordinary training.",
      measured: `${showPercent(deterministic)} with it, ${showPercent(none)} without.`,
      held: deterministic < none + IMPROVEMENT,
    },
    {
      claim: "The stochastic curriculum is better than the deterministic one.",
      measured: `${showPercent(stochastic)} against ${showPercent(deterministic)}.`,
      held: stochastic > deterministic + IMPROVEMENT,
    },
  ];
}

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const keys = splitKey(key, NETWORKS);
  const found: Record<Strategy, Curve[]> = { none: [], stochastic: [], deterministic: [] };
  for (const [index, networkKey] of keys.entries()) {
    for (const [place, strategy] of STRATEGIES.entries()) {
      found[strategy].push(await train(networkKey, strategy, signal));
      progress((index * STRATEGIES.length + place + 1) / (NETWORKS * STRATEGIES.length));
    }
  }
  const curves = { none: meanCurve(found.none), stochastic: meanCurve(found.stochastic), deterministic: meanCurve(found.deterministic) };
  return {
    claims: claimsOf(curves),
    charts: [
      {
        title: `Parity of sequences of up to ${String(LONGEST)} signs: mean of ${String(NETWORKS)} networks`,
        x: { label: "epochs" },
        y: { label: "test accuracy" },
        series: STRATEGIES.map((strategy) => ({
          name: strategy === "none" ? "no curriculum" : `${strategy} curriculum`,
          points: curves[strategy].map((accuracy, index) => [index + 1, accuracy] as const),
        })),
      },
    ],
    numbers: STRATEGIES.map((strategy) => [`test accuracy at the end, ${strategy}`, showPercent(curves[strategy].at(-1) ?? Number.NaN)] as const),
  };
}

/** Section 8.7.6: easy examples first. */
export const curriculumExperiment: Experiment = {
  name: "curriculum",
  number: 20,
  section: "8.7.6",
  title: "Curriculum learning: easy examples first, but never only",
  paragraph:
    "A curriculum is a continuation method whose losses differ in how often they show easy and hard examples. Here a recurrent network learns whether a sequence has an even number of −1; " +
    "long sequences are hard, because one forgotten sign spoils the answer. A stochastic curriculum always presents a mix and moves it slowly towards the hard; a " +
    "deterministic one goes through the examples from easy to hard. All see equally many examples.",
  formula: "J⁽ⁱ⁾(θ) = Σₓ w⁽ⁱ⁾(x) L(θ; x), with w⁽ⁱ⁾ moving from easy x to all x",
  run,
};
