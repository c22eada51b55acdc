import type { Key, Optimizer, Tensor } from "@opt/core";
import { applyUpdates, compile, splitKey, tensor } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import { adagrad, adam, deltaBarDelta, rmsprop, sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import { drawSmallDigits } from "../small-digits.ts";

const EXAMPLES = 2000;
const BATCH_SIZE = 50;
export const EPOCHS = 5;
const FULL_BATCH_EXAMPLES = 500;
export const FULL_BATCH_STEPS = 150;

/** Each method with rates about half a decade apart, of which it may show the best. */
const methods: readonly { readonly name: string; readonly make: (learningRate: number) => Optimizer; readonly rates: readonly number[] }[] = [
  { name: "SGD", make: (learningRate) => sgd({ learningRate }), rates: [0.3, 1, 2] },
  { name: "AdaGrad", make: (learningRate) => adagrad({ learningRate }), rates: [0.03, 0.1, 0.3] },
  { name: "RMSProp", make: (learningRate) => rmsprop({ learningRate }), rates: [0.003, 0.01, 0.03] },
  { name: "Adam", make: (learningRate) => adam({ learningRate }), rates: [0.003, 0.01, 0.03] },
];

/** What a method reached on digits at its best rate. */
export interface DigitsRun {
  readonly name: string;
  readonly learningRate: number;
  readonly testAccuracy: number;
  /** The mean training loss of each epoch. */
  readonly losses: readonly number[];
}

/** Training on digits, with minibatches and with all examples at once. */
export interface DigitsRuns {
  readonly minibatch: readonly DigitsRun[];
  /** The training loss after {@link FULL_BATCH_STEPS} steps on all examples. */
  readonly fullBatch: { readonly descent: number; readonly deltaBarDelta: number };
}

/** Trains the same network with every method and rate. */
export async function trainOnDigits(key: Key, signal: AbortSignal, progress: (share: number) => void): Promise<DigitsRuns> {
  const [dataKey, paramsKey, batchKey] = splitKey(key, 3);
  const digits = drawSmallDigits(dataKey, { training: EXAMPLES, test: 2000, side: 12 });
  const net = mlp({ sizes: [digits.pixels, 32, 10] });
  const loss = (params: MlpParams, { inputs, targets }: Batch): Tensor => softmaxCrossEntropy(net.apply(params, inputs), targets);
  const params = net.init(paramsKey);
  const batches = minibatches(digits.training, { batchSize: BATCH_SIZE, key: batchKey });

  const minibatch: DigitsRun[] = [];
  for (const { name, make, rates } of methods) {
    const runs: DigitsRun[] = [];
    for (const learningRate of rates) {
      const { history } = await fit({
        loss,
        params,
        optimizer: make(learningRate),
        batches,
        epochs: EPOCHS,
        validation: digits.testBatches,
        metrics: { accuracy: (at, { inputs, targets }) => accuracy(net.apply(at, inputs), targets) },
        signal,
      });
      signal.throwIfAborted();
      runs.push({ name, learningRate, testAccuracy: history.epochs.at(-1)?.validation?.["accuracy"] ?? 0, losses: history.epochs.map((epoch) => epoch.loss) });
    }
    // A run that diverged has no last epoch, and is never the best.
    const finished = runs.filter(({ losses }) => losses.length === EPOCHS);
    minibatch.push(finished.reduce((best, run) => (run.losses.at(-1)! < best.losses.at(-1)! ? run : best)));
    progress(minibatch.length / (methods.length + 1));
  }

  const [whole] = minibatches(digits.training, { batchSize: FULL_BATCH_EXAMPLES, shuffle: "never" }).epoch(0);
  const lossAfter = async (optimizer: Optimizer): Promise<number> => {
    const { history } = await fit({ loss, params, optimizer, batches: () => [whole!], epochs: FULL_BATCH_STEPS, signal });
    signal.throwIfAborted();
    return history.steps.at(-1) ?? Number.NaN;
  };
  const descents: number[] = [];
  for (const learningRate of [0.1, 0.3, 1, 2]) descents.push(await lossAfter(sgd({ learningRate })));
  const individual = await lossAfter(deltaBarDelta({ learningRate: 0.1, increase: 0.1, decrease: 0.5 }));
  progress(1);
  return { minibatch, fullBatch: { descent: Math.min(...descents), deltaBarDelta: individual } };
}

/** The size of the first change of a parameter, in learning rates: what is left of the start of the averages at zero. */
export function firstStep(optimizer: Optimizer, learningRate: number): number {
  const gradient = tensor([0.5], { dtype: "f64" });
  const change = compile((params: Tensor) => applyUpdates(params, optimizer.update(gradient, optimizer.init(params), params).updates));
  return Math.abs(change(tensor([0], { dtype: "f64" })).item()) / learningRate;
}
