import type { Tensor } from "@opt/core";
import { compile, exp, fromArray, log, tanh } from "@opt/core";
import type { Contender } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { jaxJs } from "../contenders/jax.ts";
import { tensorFlow } from "../contenders/tensorflow.ts";
import { torch } from "../contenders/python.ts";
import { inputs32, sample } from "../inputs.ts";
import type { Comparison, Row } from "../row.ts";

const COUNT = 16 * 1024;
const functions = { exp, log, tanh };
type Name = keyof typeof functions;

/** Numbers in [−4, 4), or positive ones for the logarithm. */
function argumentsOf(name: Name): Float32Array<ArrayBuffer>[] {
  return [1, 2, 3].map((seed) => inputs32(COUNT, seed).map((value) => (name === "log" ? Math.abs(Math.fround(value * 8)) + Math.fround(0.01) : value * 8)));
}

function ours(name: Name): Contender {
  const xs = argumentsOf(name).map((values) => fromArray(values, [COUNT]));
  const apply = compile((x: Tensor) => functions[name](x));
  let last = apply(xs[0]!);
  return inProcess({
    answer: () => sample(apply(xs[0]!).readSync()),
    run: (turn) => {
      last.dispose();
      last = apply(xs[turn % 3]!);
    },
    use: () => last.readSync()[0],
  });
}

/** A loop over `Math.*` from array to array. */
function plainLoop(name: Name): Contender {
  const xs = argumentsOf(name);
  const result = new Float32Array(COUNT);
  // One loop for each function, so that the engine sees which one it calls.
  const loops: Record<Name, (x: Float32Array) => void> = {
    exp: (x) => { for (let i = 0; i < COUNT; i++) result[i] = Math.exp(x[i]!); },
    log: (x) => { for (let i = 0; i < COUNT; i++) result[i] = Math.log(x[i]!); },
    tanh: (x) => { for (let i = 0; i < COUNT; i++) result[i] = Math.tanh(x[i]!); },
  };
  const loop = loops[name];
  return inProcess({
    answer: () => {
      loop(xs[0]!);
      return sample(result);
    },
    run: (turn) => loop(xs[turn % 3]!),
    use: () => result[0],
  });
}

async function tensorFlowFunction(name: Name): Promise<Contender> {
  const tf = await tensorFlow();
  const xs = argumentsOf(name).map((values) => tf.tensor1d(values));
  let last = tf[name](xs[0]!);
  return inProcess({
    answer: () => sample(last.dataSync()),
    run: (turn) => {
      last.dispose();
      last = tf[name](xs[turn % 3]!);
    },
    use: () => last.dataSync()[0],
  });
}

async function jaxFunction(name: Name): Promise<Contender> {
  const { numpy: np, jit, blockUntilReady } = await jaxJs();
  const xs = argumentsOf(name).map((values) => np.array(values));
  const apply = jit((x: InstanceType<typeof np.Array>) => np[name](x));
  let last = apply(xs[0]!.ref);
  return inProcess({
    answer: () => sample(last.ref.dataSync()),
    run: (turn) => {
      last.dispose();
      last = apply(xs[turn % 3]!.ref);
      return blockUntilReady(last);
    },
    use: () => last.ref.dataSync()[0],
  });
}

function comparison(name: Name, nanoseconds: number): Comparison {
  return {
    kind: "comparison",
    name,
    ours: () => ours(name),
    peers: {
      "TensorFlow.js": () => tensorFlowFunction(name),
      "jax-js": () => jaxFunction(name),
      PyTorch: () => torch("elementwise", { function: name, count: COUNT }),
    },
    others: { [`Math.${name}`]: () => plainLoop(name) },
    // The logarithm of jax-js is off by 3e-6 of the largest result; ours and Math.log agree to 1e-7.
    tolerance: 1e-5,
    figure: { unit: "ns/element", amount: COUNT },
    bars: [
      { figure: "ns/element", atMost: nanoseconds },
      { than: `Math.${name}`, atLeast: 8 },
    ],
  };
}

export const functionsRow: Row = {
  name: "functions",
  what: "exp, log and tanh of 16 384 f32 elements",
  cases: () => [comparison("exp", 1), comparison("log", 2), comparison("tanh", 2)],
};
