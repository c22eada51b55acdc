import type { Tensor } from "@opt/core";
import { compile, exp, fromArray, valueAndGrad } from "@opt/core";
import { softmaxCrossEntropy } from "@opt/nn";
import type { Contender } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { jaxJs } from "../contenders/jax.ts";
import { atLimit } from "../contenders/limits.ts";
import { tensorFlow } from "../contenders/tensorflow.ts";
import { torch } from "../contenders/python.ts";
import { inputs32, labels, sample } from "../inputs.ts";
import type { Row } from "../row.ts";

const BATCH = 128;
const CLASSES = 1000;
const COUNT = BATCH * CLASSES;

const logitsOf = (seed: number): Float32Array<ArrayBuffer> => inputs32(COUNT, seed).map((value) => value * 8);

function ours(): Contender {
  const logits = [1, 2, 3].map((seed) => fromArray(logitsOf(seed), [BATCH, CLASSES]));
  const target = fromArray(labels(BATCH, CLASSES), [BATCH]);
  const lossAndGradient = compile((z: Tensor, y: Tensor) => valueAndGrad((at: Tensor) => softmaxCrossEntropy(at, y))(z));
  let [loss, gradient] = lossAndGradient(logits[0]!, target);
  return inProcess({
    answer: () => [loss.item(), ...sample(gradient.readSync())],
    run: (turn) => {
      gradient.dispose();
      [loss, gradient] = lossAndGradient(logits[turn % 3]!, target);
    },
    use: () => loss.item(),
  });
}

async function tensorFlowLoss(): Promise<Contender> {
  const tf = await tensorFlow();
  const logits = [1, 2, 3].map((seed) => tf.tensor2d(logitsOf(seed), [BATCH, CLASSES]));
  const target = tf.oneHot(tf.tensor1d(labels(BATCH, CLASSES), "int32"), CLASSES).toFloat();
  const lossAndGradient = tf.valueAndGrad((z) => tf.losses.softmaxCrossEntropy(target, z));
  let last = lossAndGradient(logits[0]!);
  return inProcess({
    answer: () => [last.value.dataSync()[0]!, ...sample(last.grad.dataSync())],
    run: (turn) => {
      tf.dispose([last.value, last.grad]);
      last = tf.tidy(() => lossAndGradient(logits[turn % 3]!));
    },
    use: () => last.value.dataSync()[0],
  });
}

async function jaxLoss(): Promise<Contender> {
  const { numpy: np, nn, jit, valueAndGrad: jaxValueAndGrad, blockUntilReady } = await jaxJs();
  type Numbers = InstanceType<typeof np.Array>;
  const logits = [1, 2, 3].map((seed) => np.array(logitsOf(seed)).reshape([BATCH, CLASSES]));
  const target = nn.oneHot(np.array(labels(BATCH, CLASSES), { dtype: np.int32 }), CLASSES);
  const lossAndGradient = jit((z: Numbers, y: Numbers) =>
    jaxValueAndGrad((at: Numbers, of: Numbers) => np.mean(np.sum(nn.logSoftmax(at).mul(of), -1)).neg())(z, y));
  let [loss, gradient] = lossAndGradient(logits[0]!.ref, target.ref);
  return inProcess({
    answer: () => [loss.ref.dataSync()[0]!, ...sample(gradient.ref.dataSync())],
    run: (turn) => {
      loss.dispose();
      gradient.dispose();
      [loss, gradient] = lossAndGradient(logits[turn % 3]!.ref, target.ref);
      return blockUntilReady([loss, gradient]);
    },
    use: () => loss.ref.dataSync()[0],
  });
}

/** Our exponentials of as many elements, and the bytes that must move: logits read, gradient written. */
function exponentialsAndBytes(): Contender {
  const xs = [1, 2, 3].map((seed) => fromArray(logitsOf(seed), [COUNT]));
  // The sum keeps the results from being stored, as the loss does.
  const exponentials = compile((x: Tensor) => exp(x).sum());
  let last = exponentials(xs[0]!);
  const work = inProcess({ run: (turn) => void (last = exponentials(xs[turn % 3]!)), use: () => last.item() });
  const bytes = atLimit([{ kind: "copy", bytes: 8 * COUNT, workingSet: 16 * COUNT }]);
  return { time: async (count) => (await work.time(count)) + (await bytes.time(count)) };
}

export const softmaxRow: Row = {
  name: "softmax",
  what: "softmax cross-entropy with its gradient, 128 × 1000",
  cases: () => [
    {
      kind: "comparison",
      name: "128 × 1000",
      ours,
      peers: { "jax-js": jaxLoss, "TensorFlow.js": tensorFlowLoss, PyTorch: () => torch("softmax-cross-entropy", { batch: BATCH, classes: CLASSES }) },
      others: { "exp and bytes": exponentialsAndBytes },
      figure: { unit: "µs" },
      bars: [
        { than: "jax-js", atLeast: 3 },
        { than: "exp and bytes", atMost: 1.3 },
      ],
    },
  ],
};
