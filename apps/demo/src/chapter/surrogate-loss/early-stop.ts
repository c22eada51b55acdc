import type { Key, Tensor } from "@opt/core";
import { abs, compile, globalNorm, grad, hostRandomUniform, max, splitKey, treeLeaves } from "@opt/core";
import type { Batch, Dataset } from "@opt/data";
import { minibatches, split } from "@opt/data";
import { sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { earlyStopping } from "@opt/strategies";
import { fit } from "@opt/train";
import { drawSmallDigits } from "../small-digits.ts";

const EXAMPLES = 1500;
const TEST_EXAMPLES = 2000;
const SIDE = 12;
const PATIENCE = 10;
/** How long training goes on when nothing stops it. */
const LATER_EPOCHS = 150;
const MOST_EPOCHS = 200;
/** The share of labels that are drawn at random, so that there is something to overfit to. */
const WRONG_LABELS = 0.2;

/** What early stopping found, and what happens without it. */
export interface EarlyStop {
  readonly stopped: boolean;
  readonly bestEpoch: number;
  /** Of all training examples together, at the first parameters and where training stopped. */
  readonly gradientNorms: readonly [first: number, last: number];
  /** The largest element of the gradient where training stopped. */
  readonly largestElement: number;
  /** Of all training examples together, where training stopped and much later. */
  readonly surrogates: readonly [stopped: number, later: number];
  /** On test examples with right labels: of the restored parameters, and much later. */
  readonly testErrors: readonly [restored: number, later: number];
}

function withWrongLabels(data: Dataset, key: Key): Dataset {
  const uniform = hostRandomUniform(key, 2 * data.size);
  const targets = Int32Array.from(data.targets, (label, index) => (uniform[2 * index]! < WRONG_LABELS ? Math.floor(10 * uniform[2 * index + 1]!) : label));
  return { ...data, targets };
}

/** Trains on digits with some wrong labels until the 0-1 error of held-out ones has not fallen for a while, and then goes on. */
export async function stopEarly(key: Key, signal: AbortSignal): Promise<EarlyStop> {
  const [dataKey, labelKey, splitDataKey, paramsKey, batchKey] = splitKey(key, 5);
  const digits = drawSmallDigits(dataKey, { training: EXAMPLES, test: TEST_EXAMPLES, side: SIDE });
  const [training, validation] = split(withWrongLabels(digits.training, labelKey), 2 / 3, splitDataKey);
  const [test] = digits.testBatches();
  const [whole] = minibatches(training, { batchSize: training.size, shuffle: "never" }).epoch(0);
  const net = mlp({ sizes: [digits.pixels, 64, 10] });
  const loss = (params: MlpParams, { inputs, targets }: Batch): Tensor => softmaxCrossEntropy(net.apply(params, inputs), targets);
  const errorRate = (params: MlpParams, { inputs, targets }: Batch): Tensor => accuracy(net.apply(params, inputs), targets).neg().add(1);
  const gradient = compile(grad(loss), { donate: [] });
  const lossOn = compile(loss, { donate: [] });
  const errorOn = compile(errorRate, { donate: [] });
  const start = net.init(paramsKey);
  const options = { loss, params: start, optimizer: sgd({ learningRate: 0.1 }), batches: minibatches(training, { batchSize: 25, key: batchKey }) };

  const stopping = earlyStopping({ metric: "error", patience: PATIENCE, signal });
  const stopped = await fit({
    ...options,
    epochs: MOST_EPOCHS,
    validation: minibatches(validation, { batchSize: validation.size, shuffle: "never" }),
    metrics: { error: errorRate },
    onEpoch: stopping.onEpoch,
    signal: stopping.signal,
  });
  signal.throwIfAborted();
  const restored = stopping.restore(stopped);
  const later = await fit({ ...options, epochs: LATER_EPOCHS, signal });
  signal.throwIfAborted();
  const [first, last] = [gradient(start, whole!), gradient(stopped.params, whole!)];
  return {
    stopped: stopping.stopped(),
    bestEpoch: (stopping.best()?.epoch ?? 0) + 1,
    gradientNorms: [globalNorm(first).item(), globalNorm(last).item()],
    largestElement: Math.max(...treeLeaves(last).map((leaf) => max(abs(leaf)).item())),
    surrogates: [lossOn(stopped.params, whole!).item(), lossOn(later.params, whole!).item()],
    testErrors: [errorOn(restored.params, test!).item(), errorOn(later.params, test!).item()],
  };
}
