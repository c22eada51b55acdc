import type { Initializer, Key, Tensor } from "@opt/core";
import { foldIn, splitKey, square } from "@opt/core";
import { sgd } from "@opt/first-order";
import { normal, orthogonal } from "@opt/init";
import { descend } from "../descend.ts";
import { takeTurn } from "../take-turn.ts";

const WIDTH = 32;
const EXAMPLES = 8;
export const DEPTHS: readonly number[] = [2, 4, 8, 16, 32, 64];
/** Multiples of 1/depth, of which each depth takes the best. */
const RATES = [2, 0.6];
export const MOST_STEPS = 150;
/** The share of the variance of the targets that counts as learned. */
export const LEARNED = 0.05;

/** How many steps deep linear networks need to learn, by depth and initial weights; infinite where they did not. */
export interface LearningTimes {
  readonly orthogonal: readonly number[];
  readonly random: readonly number[];
}

/** Steps until `x W₁ W₂ ⋯ W_D = y` on a few orthonormal examples. */
function stepsToLearn(key: Key, initializer: Initializer, depth: number, rate: number): number {
  const [inputKey, targetKey, weightKey] = splitKey(key, 3);
  const inputs = orthogonal()(inputKey, [EXAMPLES, WIDTH]);
  const targets = orthogonal()(targetKey, [EXAMPLES, WIDTH]);
  const loss = (weights: readonly Tensor[]): Tensor => square(weights.reduce((signal, weight) => signal.matmul(weight), inputs).sub(targets)).sum().div(EXAMPLES);
  const start = Array.from({ length: depth }, (_, layer) => initializer(foldIn(weightKey, layer), [WIDTH, WIDTH]));
  for (const { step, params } of descend(loss, start, sgd({ learningRate: rate / depth }))) {
    const value = loss(params).item();
    if (value <= LEARNED) return step;
    if (step === MOST_STEPS || !Number.isFinite(value)) break;
  }
  return Number.POSITIVE_INFINITY;
}

/** Compares orthogonal weights with random ones of the same scale, each depth at its best learning rate. */
export async function learningTimes(key: Key, signal: AbortSignal, progress: (share: number) => void): Promise<LearningTimes> {
  const measure = async (initializer: Initializer): Promise<number[]> => {
    const steps: number[] = [];
    for (const depth of DEPTHS) {
      steps.push(Math.min(...RATES.map((rate) => stepsToLearn(foldIn(key, depth), initializer, depth, rate))));
      await takeTurn(signal);
    }
    return steps;
  };
  const ofOrthogonal = await measure(orthogonal());
  progress(0.5);
  return { orthogonal: ofOrthogonal, random: await measure(normal({ standardDeviation: 1 / Math.sqrt(WIDTH) })) };
}
