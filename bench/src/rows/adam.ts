import { adam, adamW, chain, clipByGlobalNorm } from "@opt/first-order";
import type { Contender } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { jaxJs } from "../contenders/jax.ts";
import { cLoop } from "../contenders/limits.ts";
import { tensorFlow } from "../contenders/tensorflow.ts";
import { optax, torch } from "../contenders/python.ts";
import { inputs32, sample } from "../inputs.ts";
import type { Row } from "../row.ts";
import { tensorFlowAdam } from "./tensorflow-adam.ts";
import { updateStep } from "./update-step.ts";

const COUNT = 4 * 2 ** 20;
const BYTES = 28 * COUNT;

async function jaxAdam(): Promise<Contender> {
  const { numpy: np, jit, blockUntilReady } = await jaxJs();
  type Numbers = InstanceType<typeof np.Array>;
  const gradients = [2, 3, 4].map((seed) => np.array(inputs32(COUNT, seed)));
  const step = jit((p: Numbers, m: Numbers, v: Numbers, g: Numbers, rate: Numbers, root: Numbers) => {
    const first = m.mul(0.9).add(g.ref.mul(0.1));
    const second = v.mul(0.999).add(g.ref.mul(g).mul(0.001));
    const next = p.sub(rate.mul(first.ref).div(np.sqrt(second.ref).mul(root).add(1e-8)));
    return [next, first, second];
  });
  let state: Numbers[] = [np.array(inputs32(COUNT, 1)), np.zeros([COUNT]), np.zeros([COUNT])];
  let t = 0;
  const run = (turn: number): Promise<unknown> => {
    t++;
    const [p, m, v] = state;
    state = step(p!, m!, v!, gradients[turn % 3]!.ref, np.array(0.001 / (1 - 0.9 ** t)), np.array(1 / Math.sqrt(1 - 0.999 ** t)));
    return blockUntilReady(state);
  };
  return inProcess({
    answer: async () => {
      for (let turn = 0; turn < 3; turn++) await run(turn);
      return sample(state[0]!.ref.dataSync());
    },
    run,
    use: () => undefined,
  });
}

/** What {@link clipByGlobalNorm}, decoupled decay and a schedule make of Adam. */
const composed = () => chain(clipByGlobalNorm(1), adamW({ learningRate: (step) => 0.001 * 0.999 ** step, weightDecay: 0.01 }));

export const adamRow: Row = {
  name: "adam",
  what: "Adam on 4 million parameters, alone and in a chain with clipping by the global norm, decoupled decay and a schedule",
  cases: () => [
    {
      kind: "comparison",
      name: "Adam",
      ours: () => updateStep(adam({ learningRate: 0.001 }), COUNT),
      peers: {
        PyTorch: () => torch("update", { count: COUNT, optimizer: "adam-fused" }),
        optax: () => optax("update", { count: COUNT, optimizer: "adam" }),
        "TensorFlow.js": async () => inProcess(tensorFlowAdam(await tensorFlow(), COUNT)),
        "jax-js": jaxAdam,
      },
      others: { "C loop": () => cLoop("adam", COUNT) },
      figure: { unit: "GB/s", amount: BYTES },
      bars: [{ than: "C loop", atLeast: 0.88 }],
    },
    {
      kind: "comparison",
      name: "clip, AdamW, schedule",
      ours: () => updateStep(composed(), COUNT),
      peers: {
        PyTorch: () => torch("update", { count: COUNT, optimizer: "adamw-clip" }),
        optax: () => optax("update", { count: COUNT, optimizer: "chain" }),
      },
      others: { "C loop": () => cLoop("chain", COUNT) },
      // The norm reads the gradient once more.
      figure: { unit: "GB/s", amount: BYTES + 4 * COUNT },
      bars: [{ than: "C loop", atLeast: 0.85 }],
    },
  ],
};
