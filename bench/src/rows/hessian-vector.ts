import { compile, fromArray, grad, hvp } from "@opt/core";
import type { MlpParams } from "@opt/nn";
import type { Contender } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { jaxJs } from "../contenders/jax.ts";
import { torch } from "../contenders/python.ts";
import { inputs32, sample } from "../inputs.ts";
import type { Row } from "../row.ts";
import type { JaxArray } from "./jax-training.ts";
import { jaxLoss, jaxNetwork } from "./jax-training.ts";
import type { Problem } from "./networks.ts";
import { ourNetwork, plainNetwork } from "./networks.ts";
import { ourBatches, ourLoss } from "./our-training.ts";

const problem: Problem = { sizes: [64, 64, 64, 64, 64, 1], batch: 128, activation: "tanh", loss: "mean-squared-error" };

/** The direction, weights and biases in turn, as `hessian_vector` in native/torch_programs.py makes it. */
function direction(): { values: Float32Array<ArrayBuffer>; shape: number[] }[] {
  return plainNetwork(problem.sizes).flatMap(({ rows, columns }, layer) => [
    { values: inputs32(rows * columns, 200 + 2 * layer), shape: [rows, columns] },
    { values: inputs32(columns, 201 + 2 * layer), shape: [columns] },
  ]);
}

function ourProduct(): Contender {
  const { xs, target } = ourBatches(problem);
  const flat = direction().map(({ values, shape }) => fromArray(values, shape));
  const params: MlpParams = ourNetwork(problem.sizes);
  const along: MlpParams = { layers: params.layers.map((_, layer) => ({ weight: flat[2 * layer]!, bias: flat[2 * layer + 1]! })) };
  const product = compile(hvp(ourLoss(problem)), { donate: [] });
  let last = product(params, along, xs[0]!, target);
  return inProcess({
    answer: () => sample(last.layers[1]!.weight.readSync()),
    run: (turn) => void (last = product(params, along, xs[turn % 3]!, target)),
    use: () => last.layers[0]!.bias.readSync()[0],
  });
}

function ourGradient(): Contender {
  const { xs, target } = ourBatches(problem);
  const params: MlpParams = ourNetwork(problem.sizes);
  const gradient = compile(grad(ourLoss(problem)), { donate: [] });
  let last = gradient(params, xs[0]!, target);
  return inProcess({
    run: (turn) => void (last = gradient(params, xs[turn % 3]!, target)),
    use: () => last.layers[0]!.bias.readSync()[0],
  });
}

async function jaxProduct(): Promise<Contender> {
  const jax = await jaxJs();
  const { numpy: np, jit, jvp, grad: jaxGrad, blockUntilReady } = jax;
  const { sizes, batch } = problem;
  const xs = [1, 2, 3].map((seed) => np.array(inputs32(batch * sizes[0]!, seed)).reshape([batch, sizes[0]!]));
  const target = np.array(inputs32(batch, 9)).reshape([batch, 1]);
  const params = jaxNetwork(jax, sizes);
  const along = direction().map(({ values, shape }) => np.array(values).reshape(shape));
  const gradient = jaxGrad(jaxLoss(jax, problem));
  // Forward over reverse, as JAX's documentation recommends.
  const product = jit((p: JaxArray[], v: JaxArray[], x: JaxArray, y: JaxArray) => {
    const [value, tangent] = jvp((at: JaxArray[]) => gradient(at, x.ref, y.ref), [p], [v]) as [JaxArray[], JaxArray[]];
    for (const each of [...value, x, y]) each.dispose();
    return tangent;
  });
  const refs = (arrays: JaxArray[]): JaxArray[] => arrays.map((each) => each.ref);
  const run = (turn: number): JaxArray[] => product(refs(params), refs(along), xs[turn % 3]!.ref, target.ref);
  let last = run(0);
  return inProcess({
    answer: () => sample(last[2]!.ref.dataSync()),
    run: (turn) => {
      for (const each of last) each.dispose();
      last = run(turn);
      return blockUntilReady(last);
    },
    use: () => last[1]!.ref.dataSync()[0],
  });
}

export const hessianVectorRow: Row = {
  name: "hessian-vector",
  what: "Hessian-vector product of a tanh network with hidden layers 64-64-64-64",
  cases: () => [
    {
      kind: "comparison",
      name: "64-64-64-64, batch 128",
      ours: ourProduct,
      peers: { "jax-js": jaxProduct, PyTorch: () => torch("hessian-vector", { sizes: problem.sizes, batch: problem.batch }) },
      others: { "one gradient": ourGradient },
      tolerance: 1e-3,
      figure: { unit: "µs" },
      bars: [
        { than: "one gradient", atMost: 3.2 },
        { than: "jax-js", atLeast: 3 },
      ],
    },
  ],
};
