import type { CompileOptions, Optimizer, StateTree, Tensor } from "@opt/core";
import { applyUpdates, compile, evaluate, fromArray, valueAndGrad } from "@opt/core";
import type { MlpParams } from "@opt/nn";
import { meanSquaredError, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { Contender, Program } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { inputs32, labels, sample } from "../inputs.ts";
import type { Problem } from "./networks.ts";
import { ourNetwork } from "./networks.ts";

/** Three batches of inputs, and one of targets. */
export function ourBatches({ sizes, batch, loss }: Problem): { xs: Tensor[]; target: Tensor } {
  const inputLength = sizes[0]!;
  const outputLength = sizes.at(-1)!;
  return {
    xs: [1, 2, 3].map((seed) => fromArray(inputs32(batch * inputLength, seed), [batch, inputLength])),
    target: loss === "softmax-cross-entropy" ? fromArray(labels(batch, outputLength), [batch]) : fromArray(inputs32(batch * outputLength, 9), [batch, outputLength]),
  };
}

/** The loss of a batch. */
export function ourLoss({ sizes, activation, loss }: Problem): (params: MlpParams, x: Tensor, target: Tensor) => Tensor {
  const model = mlp({ sizes, activation });
  return (params, x, target) => {
    const outputs = model.apply(params, x);
    return loss === "softmax-cross-entropy" ? softmaxCrossEntropy(outputs, target) : meanSquaredError(outputs, target);
  };
}

/** How a contender of ours works: through `compile`, or lazily, step by step. */
export type Mode = "compiled" | "lazy";

/** A program that trains our network, one step a run, on any backend. */
export function ourTrainer<State extends StateTree>(problem: Problem, optimizer: Optimizer<State>, mode: Mode = "compiled", options: CompileOptions = {}): Program {
  const { xs, target } = ourBatches(problem);
  const gradientsOf = valueAndGrad(ourLoss(problem));
  let params: MlpParams = ourNetwork(problem.sizes);
  let state = optimizer.init(params);
  const oneStep = (now: MlpParams, before: State, x: Tensor, y: Tensor) => {
    const [loss, gradients] = gradientsOf(now, x, y);
    const { updates, state: next } = optimizer.update(gradients, before, now);
    return [applyUpdates(now, updates), next, loss] as const;
  };
  const compiled = compile(oneStep, options);
  const lazy = (...args: Parameters<typeof oneStep>) => {
    const result = oneStep(...args);
    // What the next step starts from, in place of what this one started from.
    evaluate(result, { donate: args.slice(0, 2) as [MlpParams, State] });
    return result;
  };
  const step = mode === "compiled" ? compiled : lazy;
  let loss: Tensor | undefined;
  const run = (turn: number): void => {
    [params, state, loss] = step(params, state, xs[turn % 3]!, target);
  };
  return {
    answer: async () => {
      const losses: number[] = [];
      for (let turn = 0; turn < 10; turn++) {
        run(turn);
        losses.push(...(await loss!.read()));
      }
      return [...losses, ...sample(await params.layers[0]!.weight.read())];
    },
    run,
    use: () => loss?.read(),
  };
}

/** A contender that trains our network on the CPU. */
export function ourTraining<State extends StateTree>(problem: Problem, optimizer: Optimizer<State>, mode: Mode = "compiled", threads = 1): Contender {
  return inProcess(ourTrainer(problem, optimizer, mode, { threads }));
}
