import type { CompileOptions, Optimizer, StateTree, Tensor } from "@opt/core";
import { applyUpdates, compile, fromArray, slice } from "@opt/core";
import type { Contender, Program } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { inputs32, sample } from "../inputs.ts";

/** One vector of parameters. */
type Vector = { w: Tensor };

/** A program that applies one of our optimizers to `count` parameters, with gradients that are given, on any backend. */
export function updateProgram<State extends StateTree>(optimizer: Optimizer<State>, count: number, options: CompileOptions = {}): Program {
  const vector = (seed: number): Tensor => fromArray(inputs32(count, seed), [count]);
  const gradients = [2, 3, 4].map((seed) => ({ w: vector(seed) }));
  let params: Vector = { w: vector(1) };
  let state = optimizer.init(params);
  const step = compile((now: Vector, before: State, gradient: Vector) => {
    const { updates, state: next } = optimizer.update(gradient, before, now);
    return [applyUpdates(now, updates), next] as const;
  }, options);
  const run = (turn: number): void => {
    [params, state] = step(params, state, gradients[turn % 3]!);
  };
  return {
    answer: async () => {
      for (let turn = 0; turn < 3; turn++) run(turn);
      return sample(await params.w.read());
    },
    run,
    use: () => slice(params.w, 0, 0, 1).read(),
  };
}

/** A contender that applies one of our optimizers on the CPU. */
export function updateStep<State extends StateTree>(optimizer: Optimizer<State>, count: number): Contender {
  return inProcess(updateProgram(optimizer, count));
}
