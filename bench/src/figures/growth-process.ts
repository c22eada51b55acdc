/** Measures one size for `growth.ts` and sends what it found. */
import type { Tensor } from "@opt/core";
import { applyUpdates, compile, evaluate, explain, tensor, treeLeaves, valueAndGrad } from "@opt/core";
import { adam } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import type { Contender } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { warmUp } from "../measure.ts";
import type { Problem } from "../rows/networks.ts";
import { ourNetwork } from "../rows/networks.ts";
import { ourBatches, ourLoss } from "../rows/our-training.ts";
import { median } from "../statistics.ts";
import type { Growth, GrowthRequest } from "./growth.ts";

const ROUND_SECONDS = 0.15;
const ROUNDS = 5;

async function measure({ sizes, batch, compileOnly = false }: GrowthRequest): Promise<Growth> {
  const problem: Problem = { sizes, batch, activation: "tanh", loss: "mean-squared-error" };
  const { xs, target } = ourBatches(problem);
  const gradientsOf = valueAndGrad(ourLoss(problem));
  const optimizer = adam();
  let params: MlpParams = ourNetwork(sizes);
  let state = optimizer.init(params);
  evaluate([params, state]);
  const parameters = treeLeaves(params).reduce((total, leaf) => total + leaf.size, 0);
  let loss: Tensor | undefined;
  let nodes = 0;
  const step = compile((current: MlpParams, before: typeof state, x: Tensor, y: Tensor) => {
    const first = tensor(0).id;
    const [value, gradients] = gradientsOf(current, x, y);
    const { updates, state: next } = optimizer.update(gradients, before, current);
    const result = [applyUpdates(current, updates), next, value] as const;
    nodes = tensor(0).id - first - 1;
    return result;
  });
  const training = inProcess({
    run: (turn) => void ([params, state, loss] = step(params, state, xs[turn % 3]!, target)),
    use: () => loss?.item(),
  });
  const first = await training.time(1);
  const again = await training.time(1);
  const steady = compileOnly ? again : await steadySeconds(training);
  const arena = Number(/(\d+) bytes of temporaries/.exec(explain(step))?.[1]);
  return { step: steady, compile: Math.max(first - again, 0), nodes, arena, parameters };
}

async function steadySeconds(training: Contender): Promise<number> {
  const count = await warmUp(training, ROUND_SECONDS);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push((await training.time(count)) / count);
  return median(rounds);
}

process.send?.(await measure(JSON.parse(process.argv[2] ?? "{}") as GrowthRequest));
