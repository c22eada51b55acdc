import type { Key, Optimizer, Tensor } from "@opt/core";
import { fromArray, randomUniform, splitKey, square } from "@opt/core";
import { adagrad, adam, deltaBarDelta, rmsprop, sgd } from "@opt/first-order";
import { orthogonal } from "@opt/init";
import { descend } from "../descend.ts";
import { takeTurn } from "../take-turn.ts";

const DIMENSION = 10;
export const CONDITIONS: readonly number[] = [1, 10, 100, 1000, 10_000];
/** The condition number at which the bowl is turned as well. */
export const TURNED_CONDITION = 1000;
/** Every coordinate must come this near to the minimum; they start between 0.5 and 1.5. */
const NEAR = 0.01;
export const MOST_STEPS = 30_000;

/** The methods, with one setting for every bowl; only gradient descent and delta-bar-delta are told the largest curvature, κ. */
const methods: Readonly<Record<string, (condition: number) => Optimizer>> = {
  "gradient descent": (condition) => sgd({ learningRate: 2 / (1 + condition) }),
  AdaGrad: () => adagrad({ learningRate: 0.3 }),
  RMSProp: () => rmsprop({ learningRate: 0.01 }),
  Adam: () => adam({ learningRate: 0.1 }),
  "delta-bar-delta": (condition) => deltaBarDelta({ learningRate: 1 / condition, increase: 1 / (3 * condition), decrease: 0.5 }),
};

/** Steps that each method needs on each bowl; infinite where it does not get near. */
export interface BowlSteps {
  readonly name: string;
  /** With the axes of the bowl along the coordinates, by condition number. */
  readonly aligned: readonly number[];
  /** With the bowl of {@link TURNED_CONDITION} turned at random. */
  readonly turned: number;
}

const f64 = { dtype: "f64" } as const;

/** Steps from a start until all coordinates along the bowl's axes are near its minimum. */
async function stepsDown(optimizer: Optimizer, condition: number, start: Tensor, axes: Tensor | undefined, signal: AbortSignal): Promise<number> {
  const curvatures = fromArray(Float64Array.from({ length: DIMENSION }, (_, index) => condition ** (index / (DIMENSION - 1))), [1, DIMENSION]);
  const along = (point: Tensor): Tensor => (axes === undefined ? point : point.matmul(axes));
  const loss = (point: Tensor): Tensor => square(along(point)).mul(curvatures).sum().div(2);
  const from = axes === undefined ? start : start.matmul(axes.transpose());
  for (const { step, params } of descend(loss, from, optimizer)) {
    const farthest = Math.max(...along(params).readSync().map(Math.abs));
    if (farthest <= NEAR) return step;
    if (step === MOST_STEPS || !Number.isFinite(farthest)) break;
    if (step % 1000 === 0) await takeTurn(signal);
  }
  return Number.POSITIVE_INFINITY;
}

/** Sends every method down bowls of growing condition number, and down a turned one. */
export async function descendBowls(key: Key, signal: AbortSignal, progress: (share: number) => void): Promise<BowlSteps[]> {
  const [startKey, axesKey] = splitKey(key, 2);
  const start = randomUniform(startKey, [1, DIMENSION], { minimum: 0.5, maximum: 1.5, ...f64 });
  const axes = orthogonal()(axesKey, [DIMENSION, DIMENSION], f64);
  const results: BowlSteps[] = [];
  for (const [name, make] of Object.entries(methods)) {
    const aligned: number[] = [];
    for (const condition of CONDITIONS) aligned.push(await stepsDown(make(condition), condition, start, undefined, signal));
    results.push({ name, aligned, turned: await stepsDown(make(TURNED_CONDITION), TURNED_CONDITION, start, axes, signal) });
    progress(results.length / Object.keys(methods).length);
  }
  return results;
}
