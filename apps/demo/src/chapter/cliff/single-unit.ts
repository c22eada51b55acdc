import type { Key, Optimizer, Tensor } from "@opt/core";
import { compile, foldIn, hostRandomUniform, sigmoid, slice, square, tensor, valueAndGrad } from "@opt/core";
import { chain, clipByGlobalNorm, sgd } from "@opt/first-order";
import { descend } from "../descend.ts";
import { takeTurn } from "../take-turn.ts";

const TIME = 50;
const START_STATE = 0.5;
const TARGET = 0.7;
export const RATE = 0.05;
const STEPS = 1500;
/** The loss is looked at once in so many steps. */
const LOOK_EVERY = 5;
const STARTS = 10;
/** The weight along which the profile of the cliff is drawn. */
export const PROFILE_WEIGHT = 5;
/** The largest norm of a clipped gradient. */
export const MAX_NORM = 1;

/** `(σ(h₅₀) − 0.7)²` after 50 steps of `hₜ = w σ(hₜ₋₁) + b` from h₀ = 0.5 (Pascanu, Mikolov and Bengio 2013, figure 6). */
function recurrenceLoss(params: Tensor): Tensor {
  const weight = slice(params, 0, 0, 1);
  const bias = slice(params, 0, 1, 2);
  let state: Tensor = tensor([START_STATE], { dtype: "f64" });
  for (let step = 0; step < TIME; step++) state = sigmoid(state).mul(weight).add(bias);
  return square(sigmoid(state).sub(TARGET)).sum();
}

/** Loss and gradient norm along the bias. */
export interface CliffProfile {
  readonly bias: number;
  readonly loss: number;
  readonly slope: number;
}

/** Walks across the cliff at a fixed weight. */
export function cliffProfile(): CliffProfile[] {
  const measure = compile(valueAndGrad(recurrenceLoss), { donate: [] });
  return Array.from({ length: 1001 }, (_, index) => {
    const bias = -3 + index / 1000;
    const [loss, gradient] = measure(tensor([PROFILE_WEIGHT, bias], { dtype: "f64" }));
    return { bias, loss: loss.item(), slope: Math.hypot(...gradient.readSync()) };
  });
}

/** One descent: its losses, how far its longest step went, and where it ended. */
export interface CliffRun {
  readonly losses: readonly (readonly [step: number, loss: number])[];
  readonly longestStep: number;
  readonly finalLoss: number;
}

function runFrom(start: readonly [number, number], clip: boolean, lossOf: (params: Tensor) => Tensor): CliffRun {
  const descent = sgd({ learningRate: RATE });
  const optimizer: Optimizer = clip ? chain(clipByGlobalNorm(MAX_NORM), descent) : descent;
  const losses: (readonly [number, number])[] = [];
  let longestStep = 0;
  let [weight, bias] = start;
  for (const { step, params } of descend(recurrenceLoss, tensor([...start], { dtype: "f64" }), optimizer)) {
    if (step % LOOK_EVERY === 0) losses.push([step, lossOf(params).item()]);
    const [nextWeight = 0, nextBias = 0] = params.readSync();
    longestStep = Math.max(longestStep, Math.hypot(nextWeight - weight, nextBias - bias));
    [weight, bias] = [nextWeight, nextBias];
    if (step === STEPS) break;
  }
  return { losses, longestStep, finalLoss: losses.at(-1)?.[1] ?? Number.NaN };
}

/** Descents from starts on the plain above the cliff, without and with clipping. */
export async function descendTheCliff(key: Key, signal: AbortSignal, progress: (share: number) => void): Promise<{ readonly plain: CliffRun[]; readonly clipped: CliffRun[] }> {
  const plain: CliffRun[] = [];
  const clipped: CliffRun[] = [];
  const lossOf = compile(recurrenceLoss, { donate: [] });
  for (let index = 0; index < STARTS; index++) {
    const [first = 0, second = 0] = hostRandomUniform(foldIn(key, index), 2);
    const start = [4.5 + 2 * first, -2.5 + second] as const;
    plain.push(runFrom(start, false, lossOf));
    clipped.push(runFrom(start, true, lossOf));
    progress((index + 1) / STARTS);
    await takeTurn(signal);
  }
  return { plain, clipped };
}
