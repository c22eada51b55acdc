import type { Program } from "../contenders/contender.ts";
import type { TensorFlow } from "../contenders/tensorflow.ts";
import { inputs32, sample } from "../inputs.ts";

/** A program that applies Adam of TensorFlow.js to `count` parameters, with gradients that are given, on the backend that is set. */
export function tensorFlowAdam(tf: TensorFlow, count: number): Program {
  const gradients = [2, 3, 4].map((seed) => tf.tensor1d(inputs32(count, seed)));
  const params = tf.variable(tf.tensor1d(inputs32(count, 1)), true, "w");
  const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-8);
  const run = (turn: number): void => optimizer.applyGradients([{ name: "w", tensor: gradients[turn % 3]! }]);
  return {
    answer: async () => {
      for (let turn = 0; turn < 3; turn++) run(turn);
      return sample(await params.data());
    },
    run,
    use: () => tf.tidy(() => tf.slice(params, [0], [1])).data(),
    close: () => tf.disposeVariables(),
  };
}
