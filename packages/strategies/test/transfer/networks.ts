import type { Optimizer, StateTree, Tensor } from "@opt/core";
import { key } from "@opt/core";
import type { Batch, BatchSource } from "@opt/data";
import { minibatches, twoMoons } from "@opt/data";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams, Model } from "@opt/nn";
import { adagrad, adam, adamW, deltaBarDelta, momentum, nesterov, rmsprop, sgd } from "@opt/first-order";
import { readTree } from "@opt/testing";

/** Three layers on two moons: small, and with something to freeze. */
export const model: Model<MlpParams> = mlp({ sizes: [2, 5, 4, 2], activation: "tanh" });
export const moons: BatchSource = minibatches(twoMoons({ count: 96, key: key(1), noise: 0.1 }), { batchSize: 32, key: key(2) });
export const loss = (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);

/** One optimizer of each kind, with weight decay wherever there is such an option. */
export const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ learningRate: 0.1, weightDecay: 0.1 }),
  momentum: () => momentum({ learningRate: 0.1, weightDecay: 0.1 }),
  nesterov: () => nesterov({ learningRate: 0.1, weightDecay: 0.1 }),
  adagrad: () => adagrad({ learningRate: 0.1, weightDecay: 0.1 }),
  rmsprop: () => rmsprop({ learningRate: 0.01, weightDecay: 0.1 }),
  adam: () => adam({ learningRate: 0.01, weightDecay: 0.1 }),
  adamW: () => adamW({ learningRate: 0.01, weightDecay: 0.1 }),
  deltaBarDelta: () => deltaBarDelta({ learningRate: 0.05 }),
};

/** The numbers of every leaf by path. */
export function numbersOf(tree: StateTree): ReadonlyMap<string, readonly number[]> {
  return new Map(readTree(tree).map(({ path, values }) => [path, typeof values === "number" ? [values] : Array.from(values)]));
}

/** The paths of the leaves that differ in any bit. */
export function changedPaths(before: StateTree, after: StateTree): string[] {
  const old = numbersOf(before);
  return [...numbersOf(after)].filter(([path, values]) => !values.every((value, index) => Object.is(value, old.get(path)?.[index]))).map(([path]) => path);
}
