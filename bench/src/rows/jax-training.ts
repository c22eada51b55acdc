import type { Contender, Program } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import type { Jax } from "../contenders/jax.ts";
import { jaxJs } from "../contenders/jax.ts";
import { inputs32, labels, sample } from "../inputs.ts";
import type { Problem } from "./networks.ts";
import { plainNetwork } from "./networks.ts";

/** An array of jax-js: passing it to a function gives it away, `.ref` keeps it. */
export type JaxArray = InstanceType<Jax["Array"]>;

/** Weights and biases in turn. */
type Flat = JaxArray[];

/** The starting parameters, weights and biases in turn. */
export function jaxNetwork({ numpy: np }: Jax, sizes: readonly number[]): Flat {
  return plainNetwork(sizes).flatMap(({ rows, columns, weight }) => [np.array(weight).reshape([rows, columns]), np.zeros([columns])]);
}

/** The loss of a batch; takes ownership of all its arguments. */
export function jaxLoss({ numpy: np, nn }: Jax, { sizes, activation, loss }: Problem): (params: Flat, x: JaxArray, target: JaxArray) => JaxArray {
  return (params, x, target) => {
    let hidden = x;
    for (let layer = 0; layer < sizes.length - 1; layer++) {
      hidden = np.matmul(hidden, params[2 * layer]!).add(params[2 * layer + 1]!);
      if (layer < sizes.length - 2) hidden = activation === "relu" ? nn.relu(hidden) : np.tanh(hidden);
    }
    if (loss === "softmax-cross-entropy") return np.mean(np.sum(nn.logSoftmax(hidden).mul(target), -1)).neg();
    return np.mean(np.square(hidden.sub(target)));
  };
}

/** A program, and the arrays that its last run gave. */
export interface JaxProgram extends Program {
  readonly results: () => JaxArray[];
}

/** A program that trains the network with jax-js, the whole step under `jit`, and Adam written out. */
export function jaxTrainer(jax: Jax, problem: Problem): JaxProgram {
  const { numpy: np, nn, jit, valueAndGrad } = jax;
  const { sizes, batch, loss: lossName } = problem;
  const classes = sizes.at(-1)!;
  const xs = [1, 2, 3].map((seed) => np.array(inputs32(batch * sizes[0]!, seed)).reshape([batch, sizes[0]!]));
  const target = lossName === "softmax-cross-entropy"
    ? nn.oneHot(np.array(labels(batch, classes), { dtype: np.int32 }), classes)
    : np.array(inputs32(batch * classes, 9)).reshape([batch, classes]);
  const gradientsOf = valueAndGrad(jaxLoss(jax, problem));
  const step = jit((params: Flat, first: Flat, second: Flat, x: JaxArray, y: JaxArray, rate: JaxArray, root: JaxArray) => {
    const [loss, gradients] = gradientsOf(params.map((each) => each.ref), x, y) as [JaxArray, Flat];
    const nextFirst = first.map((m, index) => m.mul(0.9).add(gradients[index]!.ref.mul(0.1)));
    const nextSecond = second.map((v, index) => v.mul(0.999).add(np.square(gradients[index]!).mul(0.001)));
    const next = params.map((p, index) => p.sub(nextFirst[index]!.ref.mul(rate.ref).div(np.sqrt(nextSecond[index]!.ref).mul(root.ref).add(1e-8))));
    rate.dispose();
    root.dispose();
    return [next, nextFirst, nextSecond, loss] as [Flat, Flat, Flat, JaxArray];
  });
  let params = jaxNetwork(jax, sizes);
  let first = params.map((each) => np.zerosLike(each.ref));
  let second = params.map((each) => np.zerosLike(each.ref));
  let loss: JaxArray | undefined;
  let t = 0;
  const run = (turn: number): void => {
    t++;
    loss?.dispose();
    const rate = np.array(0.001 / (1 - 0.9 ** t));
    const root = np.array(1 / Math.sqrt(1 - 0.999 ** t));
    [params, first, second, loss] = step(params, first, second, xs[turn % 3]!.ref, target.ref, rate, root);
  };
  return {
    answer: async () => {
      const losses: number[] = [];
      for (let turn = 0; turn < 10; turn++) {
        run(turn);
        losses.push(...(await loss!.ref.data()));
      }
      return [...losses, ...sample(await params[0]!.ref.data())];
    },
    run,
    use: () => loss?.ref.data(),
    results: () => [...params, ...first, ...second, ...(loss === undefined ? [] : [loss])],
  };
}

/** A contender that trains the network with jax-js on the CPU, and waits for every step. */
export async function jaxTraining(problem: Problem): Promise<Contender> {
  const jax = await jaxJs();
  const { run, results, ...rest } = jaxTrainer(jax, problem);
  return inProcess({
    ...rest,
    run: (turn) => {
      run(turn);
      return jax.blockUntilReady(results());
    },
  });
}
