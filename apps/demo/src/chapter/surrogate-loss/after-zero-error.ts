import type { Key, Tensor } from "@opt/core";
import { compile, foldIn, splitKey } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import { sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import { drawSmallDigits } from "../small-digits.ts";

const SETS = 8;
const EXAMPLES = 200;
const TEST_EXAMPLES = 4000;
const SIDE = 12;
const EPOCHS = 150;
/** The test error is measured once in so many epochs, and after the first perfect one. */
const TEST_EVERY = 5;

/** Both losses of a network on its training examples after one epoch. */
export interface BothLosses {
  readonly epoch: number;
  /** What is minimized: the cross-entropy. */
  readonly surrogate: number;
  /** What is meant: the 0-1 loss. */
  readonly trainingError: number;
}

/** The training of one network, and the first epoch after which it misreads no training example. */
export interface ZeroErrorRun {
  readonly history: readonly BothLosses[];
  readonly testErrors: readonly (readonly [epoch: number, error: number])[];
  readonly perfectAfter: number;
  /** The test error there, and at the end. */
  readonly firstError: number;
  readonly lastError: number;
}

/** Trains networks, each on a small set of its own, far beyond the point where they make no mistake on it. */
export async function trainBeyondZeroError(key: Key, signal: AbortSignal, progress: (share: number) => void): Promise<ZeroErrorRun[]> {
  const [testKey, runsKey] = splitKey(key, 2);
  const { pixels, testBatches } = drawSmallDigits(testKey, { training: 1, test: TEST_EXAMPLES, side: SIDE });
  const [test] = testBatches();
  const net = mlp({ sizes: [pixels, 64, 10] });
  const loss = (params: MlpParams, { inputs, targets }: Batch): Tensor => softmaxCrossEntropy(net.apply(params, inputs), targets);
  const accuracyOn = compile((params: MlpParams, { inputs, targets }: Batch) => accuracy(net.apply(params, inputs), targets), { donate: [] });
  const errorOn = (params: MlpParams, batch: Batch): number => 1 - accuracyOn(params, batch).item();
  const runs: ZeroErrorRun[] = [];
  for (let set = 0; set < SETS; set++) {
    const [dataKey, paramsKey, batchKey] = splitKey(foldIn(runsKey, set), 3);
    const { training } = drawSmallDigits(dataKey, { training: EXAMPLES, test: 1, side: SIDE });
    const [whole] = minibatches(training, { batchSize: EXAMPLES, shuffle: "never" }).epoch(0);
    const history: BothLosses[] = [];
    const testErrors: (readonly [number, number])[] = [];
    let perfectAfter = Number.POSITIVE_INFINITY;
    await fit({
      loss,
      params: net.init(paramsKey),
      optimizer: sgd({ learningRate: 0.1 }),
      batches: minibatches(training, { batchSize: 10, key: batchKey }),
      epochs: EPOCHS,
      onEpoch: ({ epoch, params, loss: surrogate }) => {
        const ended = epoch + 1;
        const trainingError = errorOn(params, whole!);
        history.push({ epoch: ended, surrogate, trainingError });
        const becomesPerfect = trainingError === 0 && perfectAfter > ended;
        if (becomesPerfect) perfectAfter = ended;
        if (becomesPerfect || ended % TEST_EVERY === 0) testErrors.push([ended, errorOn(params, test!)]);
      },
      signal,
    });
    signal.throwIfAborted();
    const errorAfter = (epoch: number): number => testErrors.find(([ended]) => ended === epoch)?.[1] ?? Number.NaN;
    runs.push({ history, testErrors, perfectAfter, firstError: errorAfter(perfectAfter), lastError: errorAfter(EPOCHS) });
    progress((set + 1) / SETS);
  }
  return runs;
}
