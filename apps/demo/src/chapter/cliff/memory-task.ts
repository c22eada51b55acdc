import type { Key, Tensor } from "@opt/core";
import { foldIn, hostRandomUniform, splitKey, square, tensor } from "@opt/core";
import { chain, clipByGlobalNorm, sgd } from "@opt/first-order";
import { orthogonal } from "@opt/init";
import { dense, recurrent, sequential, simpleRecurrentCell } from "@opt/nn";
import type { FitStatus } from "@opt/train";
import { fit } from "@opt/train";
import { mean } from "../../series.ts";

const TIME = 20;
const BATCH = 50;
const UNITS = 24;
const STEPS = 400;
const RATE = 0.1;
const NETWORKS = 3;
/** Above 1, so that gradients can explode. */
const SPECTRAL_RADIUS = 1.2;
const MAX_NORM = 1;
/** The last losses, over which the final one is a mean. */
const LAST = 50;

type MemoryBatch = { readonly inputs: Tensor; readonly targets: Tensor };

/** Sequences of random numbers; the target is the sign of the first, 20 steps before the answer is due. */
function drawSequences(key: Key): MemoryBatch {
  const inputs = Float32Array.from(hostRandomUniform(key, BATCH * TIME), (value) => 2 * value - 1);
  const targets = Float32Array.from({ length: BATCH }, (_, index) => Math.sign(inputs[index * TIME]!));
  return { inputs: tensor(inputs, { shape: [BATCH, TIME, 1] }), targets: tensor(targets, { shape: [BATCH, 1] }) };
}

/** How the training of a recurrent network went. */
export interface MemoryRun {
  readonly losses: readonly number[];
  readonly worstLoss: number;
  readonly finalLoss: number;
  readonly status: FitStatus;
}

/** Trains the same networks on the same sequences without and with clipping. */
export async function trainToRemember(key: Key, signal: AbortSignal, progress: (share: number) => void): Promise<{ readonly plain: MemoryRun[]; readonly clipped: MemoryRun[] }> {
  const cell = simpleRecurrentCell({ inputs: 1, units: UNITS, recurrentInitializer: orthogonal({ gain: SPECTRAL_RADIUS }) });
  const net = sequential([recurrent(cell), dense({ inputs: UNITS, outputs: 1 })]);
  const descent = sgd({ learningRate: RATE });
  const train = async (runKey: Key, optimizer: Parameters<typeof fit>[0]["optimizer"]): Promise<MemoryRun> => {
    const [paramsKey, dataKey] = splitKey(runKey, 2);
    const { history, status } = await fit({
      loss: (params: ReturnType<typeof net.init>, { inputs, targets }: MemoryBatch) => square(net.apply(params, inputs).sub(targets)).mean(),
      params: net.init(paramsKey),
      optimizer,
      batches: () => Array.from({ length: STEPS }, (_, step) => drawSequences(foldIn(dataKey, step))),
      epochs: 1,
      signal,
    });
    signal.throwIfAborted();
    return { losses: history.steps, worstLoss: Math.max(...history.steps), finalLoss: status === "completed" ? mean(history.steps.slice(-LAST)) : Number.POSITIVE_INFINITY, status };
  };
  const plain: MemoryRun[] = [];
  const clipped: MemoryRun[] = [];
  for (let index = 0; index < NETWORKS; index++) {
    plain.push(await train(foldIn(key, index), descent));
    clipped.push(await train(foldIn(key, index), chain(clipByGlobalNorm(MAX_NORM), descent)));
    progress((index + 1) / NETWORKS);
  }
  return { plain, clipped };
}
