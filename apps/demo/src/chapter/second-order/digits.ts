import type { Key, Tensor } from "@opt/core";
import { compile, splitKey, treeLeaves } from "@opt/core";
import type { Batch, Dataset } from "@opt/data";
import { dataset, drawDigits, minibatches } from "@opt/data";
import { sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import type { Evaluations, MethodName } from "@opt/second-order";
import { fit } from "@opt/train";
import type { Chart, Claim } from "../experiment.ts";
import { showNumber } from "../show-number.ts";
import { followMethod } from "./follow-method.ts";

const EXAMPLES = 600;
/** Images of 8 × 8 pixels are made coarser, so that the Hessian of a network stays small enough for Newton's method. */
const DRAWN_SIDE = 8;
const SIDE = 4;
const CLASSES = 10;
const HIDDEN = 10;
const MINIBATCH = 20;
/** The best of 0.1, 0.3 and 1 at every point of the figure. */
const SGD_RATE = 1;
/** Passes over the data that every method but Newton's is given. */
const PASSES = 300;
/** Where the methods are compared early on. */
const EARLY = 10;
/** Newton's method runs until the loss is half of that of guessing. */
const HALFWAY = 0.5 * Math.log(CLASSES);
const NEWTON_STEPS = 20;

const METHODS: Readonly<Record<string, MethodName>> = {
  "steepest descent": "steepest-descent",
  "conjugate gradient": "conjugate-gradient",
  BFGS: "bfgs",
  "L-BFGS": "lbfgs",
};

/** The training loss against the passes over all examples, each with its gradient, that it took. */
type Curve = readonly (readonly [passes: number, loss: number])[];

/** Draws digits and averages their pixels. */
function drawCoarseDigits(key: Key): Dataset {
  const { inputs, targets } = drawDigits({ count: EXAMPLES, size: DRAWN_SIDE, key });
  const factor = DRAWN_SIDE / SIDE;
  const coarse = new Float64Array(EXAMPLES * SIDE * SIDE);
  inputs.forEach((ink, index) => {
    const column = index % DRAWN_SIDE;
    const row = Math.floor(index / DRAWN_SIDE) % DRAWN_SIDE;
    const example = Math.floor(index / DRAWN_SIDE ** 2);
    coarse[(example * SIDE + Math.floor(row / factor)) * SIDE + Math.floor(column / factor)]! += ink / factor ** 2;
  });
  return dataset({ inputs: coarse, inputShape: [SIDE * SIDE], targets });
}

/**
 * What evaluations cost, in passes: a value is one run forward, a gradient one more backward that costs twice as much, a
 * Hessian-vector product as much as two gradients, and the Hessian one such product for each parameter.
 */
function passesOf({ value, gradient, hessianVector, hessian }: Evaluations, parameters: number): number {
  return (value + 2 * gradient + 6 * (hessianVector + parameters * hessian)) / 3;
}

/** The loss at the last point within so many passes. */
function lossAfter(curve: Curve, passes: number): number {
  return curve.filter(([spent]) => spent <= passes).at(-1)?.[1] ?? Number.NaN;
}

/** The passes until the loss is at most this. */
function passesTo(curve: Curve, loss: number): number {
  return curve.find(([, reached]) => reached <= loss)?.[0] ?? Number.POSITIVE_INFINITY;
}

/** Trains a small network on digits with every method. */
export async function examineDigits(key: Key, signal: AbortSignal, progress: (share: number) => void): Promise<{ claims: readonly Claim[]; charts: readonly Chart[]; numbers: readonly (readonly [string, string])[] }> {
  const [digitKey, paramsKey, batchKey] = splitKey(key, 3);
  const digits = drawCoarseDigits(digitKey);
  const model = mlp({ sizes: [SIDE * SIDE, HIDDEN, CLASSES], activation: "tanh" });
  const start = model.init(paramsKey, { dtype: "f64" });
  const parameters = treeLeaves(start).reduce((total, leaf) => total + leaf.size, 0);
  const [whole] = minibatches(digits, { batchSize: EXAMPLES, shuffle: "never" }).epoch(0);
  const batchLoss = (params: MlpParams, { inputs, targets }: Batch): Tensor => softmaxCrossEntropy(model.apply(params, inputs), targets);
  const fullLoss = (params: MlpParams): Tensor => batchLoss(params, whole!);

  const curves = new Map<string, Curve>();
  for (const [name, method] of Object.entries(METHODS)) {
    const { points } = await followMethod(fullLoss, start, { method, maxSteps: PASSES, tolerance: 0, until: ({ evaluations }) => passesOf(evaluations, parameters) >= PASSES, signal });
    curves.set(name, points.map(({ evaluations, value }) => [passesOf(evaluations, parameters), value] as const));
    progress(curves.size / 6);
  }
  const newton = await followMethod(fullLoss, start, { method: "newton", maxSteps: NEWTON_STEPS, tolerance: 0, until: ({ value }) => value <= HALFWAY, signal });
  const newtonCurve = newton.points.map(({ evaluations, value }) => [passesOf(evaluations, parameters), value] as const);
  progress(5 / 6);
  const measure = compile(fullLoss, { donate: [] });
  const stochastic: (readonly [number, number])[] = [];
  const batches = minibatches(digits, { batchSize: MINIBATCH, key: batchKey });
  await fit({
    params: start,
    loss: batchLoss,
    batches,
    optimizer: sgd({ learningRate: SGD_RATE }),
    epochs: PASSES,
    signal,
    onEpoch: ({ epoch, params }) => stochastic.push([epoch + 1, measure(params).item()]),
  });
  signal.throwIfAborted();

  const early = [...curves].map(([name, curve]) => `${name} ${showNumber(lossAfter(curve, EARLY))}`);
  const sgdEarly = lossAfter(stochastic, EARLY);
  const sgdLate = lossAfter(stochastic, PASSES);
  const late = (name: string): number => lossAfter(curves.get(name)!, PASSES);
  return {
    claims: [
      {
        claim: "On digits SGD on minibatches is ahead of every method that computes whole gradients, as long as there are few passes over the data.",
        measured: `Training loss after ${String(EARLY)} passes: SGD ${showNumber(sgdEarly)}; ${early.join(", ")}.`,
        held: [...curves.values()].every((curve) => sgdEarly < lossAfter(curve, EARLY)),
      },
      {
        claim: "In the long run the methods that learn the curvature reach a lower training loss than SGD with a constant rate.",
        measured: `After ${String(PASSES)} passes: SGD ${showNumber(sgdLate)}; ${["BFGS", "L-BFGS"].map((name) => `${name} ${showNumber(late(name))}`).join(", ")}; conjugate gradient ${showNumber(late("conjugate gradient"))}, steepest descent ${showNumber(late("steepest descent"))}.`,
        held: late("BFGS") < sgdLate && late("L-BFGS") < sgdLate,
      },
      {
        claim: "Newton's method with the whole Hessian is too expensive for networks: its price grows with the number of parameters.",
        measured: `With only ${String(parameters)} parameters ${String(newton.points.length - 1)} steps of regularized Newton, which bring the loss to ${showNumber(newtonCurve.at(-1)?.[1] ?? Number.NaN)}, cost as much as ${showNumber(passesTo(newtonCurve, HALFWAY))} passes; SGD needs ${showNumber(passesTo(stochastic, HALFWAY))}, L-BFGS ${showNumber(passesTo(curves.get("L-BFGS")!, HALFWAY))}.`,
        held: passesTo(newtonCurve, HALFWAY) > 10 * passesTo(curves.get("L-BFGS")!, HALFWAY),
      },
    ],
    charts: [
      {
        title: `A network of ${String(parameters)} parameters on ${String(EXAMPLES)} digits`,
        x: { label: "passes over the data, with gradients", scale: "log" },
        y: { label: "training loss", scale: "log" },
        series: [
          { name: `SGD, minibatches of ${String(MINIBATCH)}`, points: stochastic },
          ...[...curves].map(([name, points]) => ({ name, points })),
          { name: "regularized Newton", points: newtonCurve },
        ],
      },
    ],
    numbers: [["parameters of the network on digits", String(parameters)]],
  };
}
