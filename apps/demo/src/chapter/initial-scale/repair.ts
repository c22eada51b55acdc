import type { Key, Tensor } from "@opt/core";
import { splitKey } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches } from "@opt/data";
import { sgd } from "@opt/first-order";
import { lsuv, normal, raiseSmallActivations } from "@opt/init";
import type { MlpParams } from "@opt/nn";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { fit } from "@opt/train";
import { drawSmallDigits } from "../small-digits.ts";

export const HIDDEN_LAYERS = 10;
const WIDTH = 64;
/** In each layer it leaves about a quarter of the signal. */
export const BAD_SCALE = 0.03;
/** Unit variance would saturate the tangent; a standard deviation of 0.3 leaves it nearly linear. */
const VARIANCE = 0.1;
const BATCH_SIZE = 20;
export const EPOCHS = 6;

/** How a network learned from one set of first weights. */
export interface RepairRun {
  readonly name: string;
  /** The standard deviation of the outputs of the first and of the last layer, before training. */
  readonly deviations: readonly [first: number, last: number];
  readonly losses: readonly number[];
  readonly testAccuracy: number;
}

/** The same network from weights that are too small, from those after each repair, and from weights of a good scale. */
export interface RepairRuns {
  readonly bad: RepairRun;
  readonly repaired: readonly RepairRun[];
  readonly good: RepairRun;
}

/** Trains a deep network from weights that are too small, as they are and repaired by what one minibatch shows. */
export async function repairBadScale(key: Key, signal: AbortSignal): Promise<RepairRuns> {
  const [dataKey, paramsKey, batchKey] = splitKey(key, 3);
  const digits = drawSmallDigits(dataKey, { training: 1000, test: 1000, side: 12 });
  const sizes = [digits.pixels, ...Array.from({ length: HIDDEN_LAYERS }, () => WIDTH), 10];
  const net = mlp({ sizes, activation: "tanh", weightInitializer: normal({ standardDeviation: BAD_SCALE }) });
  const loss = (params: MlpParams, { inputs, targets }: Batch): Tensor => softmaxCrossEntropy(net.apply(params, inputs), targets);
  const bad = net.init(paramsKey);
  const [first] = minibatches(digits.training, { batchSize: 100, shuffle: "never" }).epoch(0);
  const options = { params: bad, batch: first!.inputs, outputs: (params: MlpParams, inputs: Tensor) => net.layerOutputs(params, inputs) };
  const raised = await raiseSmallActivations(options);
  const equalVariance = await lsuv({ ...options, variance: VARIANCE });
  const train = async (name: string, params: MlpParams): Promise<RepairRun> => {
    const outputs = Object.values(net.layerOutputs(params, first!.inputs));
    const deviation = (output: Tensor | undefined): number => output?.sub(output.mean()).pow(2).mean().pow(0.5).item() ?? Number.NaN;
    const { history } = await fit({
      loss,
      params,
      optimizer: sgd({ learningRate: 0.05 }),
      batches: minibatches(digits.training, { batchSize: BATCH_SIZE, key: batchKey }),
      epochs: EPOCHS,
      validation: digits.testBatches,
      metrics: { accuracy: (at, { inputs, targets }) => accuracy(net.apply(at, inputs), targets) },
      signal,
    });
    signal.throwIfAborted();
    return {
      name,
      deviations: [deviation(outputs[0]), deviation(outputs.at(-1))],
      losses: history.epochs.map((epoch) => epoch.loss),
      testAccuracy: history.epochs.at(-1)?.validation?.["accuracy"] ?? Number.NaN,
    };
  };
  return {
    bad: await train("as drawn", bad),
    repaired: [await train("small activations raised", raised.params), await train("equal variance layer by layer", equalVariance.params)],
    good: await train("Glorot", mlp({ sizes, activation: "tanh" }).init(paramsKey)),
  };
}
