import type { Scalar, Tensor2D } from "@tensorflow/tfjs";
import type { Program } from "../contenders/contender.ts";
import type { TensorFlow } from "../contenders/tensorflow.ts";
import { inputs32, labels, sample } from "../inputs.ts";
import type { Problem, Rule } from "./networks.ts";
import { plainNetwork } from "./networks.ts";

/** A program that trains the network with TensorFlow.js and its optimizers, on the backend that is set. */
export function tensorFlowTraining(tf: TensorFlow, { sizes, batch, activation, loss: lossName }: Problem, rule: Rule = "adam"): Program {
  const classes = sizes.at(-1)!;
  const layers = plainNetwork(sizes).map(({ rows, columns, weight }) => ({
    weight: tf.variable(tf.tensor2d(weight, [rows, columns])),
    bias: tf.variable(tf.zeros([columns])),
  }));
  const xs = [1, 2, 3].map((seed) => tf.tensor2d(inputs32(batch * sizes[0]!, seed), [batch, sizes[0]!]));
  const oneHot = (): Tensor2D => tf.oneHot(tf.tensor1d(labels(batch, classes), "int32"), classes).toFloat() as Tensor2D;
  const target = lossName === "softmax-cross-entropy" ? oneHot() : tf.tensor2d(inputs32(batch * classes, 9), [batch, classes]);
  const optimizer = rule === "adam" ? tf.train.adam(0.001, 0.9, 0.999, 1e-8) : tf.train.sgd(0.01);
  const outputs = (x: Tensor2D): Tensor2D =>
    layers.reduce((hidden, { weight, bias }, index) => {
      const linear = tf.add<Tensor2D>(tf.matMul(hidden, weight), bias);
      if (index === layers.length - 1) return linear;
      return activation === "relu" ? tf.relu(linear) : tf.tanh(linear);
    }, x);
  const lossOf = (x: Tensor2D): Scalar => {
    const predicted = outputs(x);
    const loss = lossName === "softmax-cross-entropy" ? tf.losses.softmaxCrossEntropy(target, predicted) : tf.losses.meanSquaredError(target, predicted);
    return loss.asScalar();
  };
  let loss: Scalar | null = null;
  const run = (turn: number): void => {
    loss?.dispose();
    loss = optimizer.minimize(() => lossOf(xs[turn % 3]!), true);
  };
  return {
    answer: async () => {
      const losses: number[] = [];
      for (let turn = 0; turn < 10; turn++) {
        run(turn);
        losses.push(...(await loss!.data()));
      }
      return [...losses, ...sample(await layers[0]!.weight.data())];
    },
    run,
    use: () => loss?.data(),
    close: () => tf.disposeVariables(),
  };
}
