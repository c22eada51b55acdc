import type { Tensor } from "@opt/core";
import { compile, fromArray, matmul, transpose } from "@opt/core";
import type { Contender } from "../contenders/contender.ts";
import { inProcess } from "../contenders/contender.ts";
import { jaxJs } from "../contenders/jax.ts";
import { atLimit } from "../contenders/limits.ts";
import { tensorFlow } from "../contenders/tensorflow.ts";
import { torch } from "../contenders/python.ts";
import { inputs, inputs32, sample } from "../inputs.ts";
import type { Comparison, Row } from "../row.ts";

const forms = ["AB", "AᵀB", "ABᵀ"] as const;
type Form = (typeof forms)[number];
type Precision = "f32" | "f64";

const shown: Record<Form, string> = { AB: "A·B", AᵀB: "Aᵀ·B", ABᵀ: "A·Bᵀ" };

/** A contender that multiplies two square matrices of ours. */
export function ourProduct(size: number, form: Form, dtype: Precision, threads = 1): Contender {
  const make = (seed: number): Tensor => fromArray(dtype === "f32" ? inputs32(size * size, seed) : inputs(size * size, seed), [size, size]);
  const pairs = [0, 1].map((k) => [make(1 + k), make(11 + k)] as const);
  const multiply = compile((a: Tensor, b: Tensor) => matmul(form === "AᵀB" ? transpose(a) : a, form === "ABᵀ" ? transpose(b) : b), { threads });
  let last = multiply(...pairs[0]!);
  return inProcess({
    answer: () => sample(multiply(...pairs[0]!).readSync()),
    run: (turn) => {
      last.dispose();
      last = multiply(...pairs[turn % 2]!);
    },
    use: () => last.readSync()[0],
  });
}

async function tensorFlowProduct(size: number, form: Form): Promise<Contender> {
  const tf = await tensorFlow();
  const make = (seed: number) => tf.tensor2d(inputs32(size * size, seed), [size, size]);
  const pairs = [0, 1].map((k) => [make(1 + k), make(11 + k)] as const);
  const product = (turn: number) => tf.matMul(...pairs[turn % 2]!, form === "AᵀB", form === "ABᵀ");
  let last = product(0);
  return inProcess({
    answer: () => sample(product(0).dataSync()),
    run: (turn) => {
      last.dispose();
      last = product(turn);
    },
    use: () => last.dataSync()[0],
  });
}

async function jaxProduct(size: number, form: Form): Promise<Contender> {
  const { numpy: np, jit, blockUntilReady } = await jaxJs();
  const make = (seed: number) => np.array(inputs32(size * size, seed)).reshape([size, size]);
  const pairs = [0, 1].map((k) => [make(1 + k), make(11 + k)] as const);
  const multiply = jit((a: InstanceType<typeof np.Array>, b: InstanceType<typeof np.Array>) =>
    np.matmul(form === "AᵀB" ? np.transpose(a) : a, form === "ABᵀ" ? np.transpose(b) : b));
  const product = (turn: number) => multiply(pairs[turn % 2]![0].ref, pairs[turn % 2]![1].ref);
  let last = product(0);
  return inProcess({
    answer: () => sample(product(0).dataSync()),
    run: (turn) => {
      last.dispose();
      last = product(turn);
      return blockUntilReady(last);
    },
    use: () => last.ref.dataSync()[0],
  });
}

/** What limits a product: fused multiply-adds, which the bars are shares of; and, without relaxed SIMD, multiplications and additions. */
type Limit = "fma-f32" | "fma-f64" | "multiply-add-f32";

const limitNames: Record<Limit, string> = { "fma-f32": "f32 multiply-add peak", "fma-f64": "f64 multiply-add peak", "multiply-add-f32": "f32 multiply and add peak" };

function comparison(size: number, form: Form, dtype: Precision, share: number, moreLimits: readonly Limit[]): Comparison {
  const flops = 2 * size ** 3;
  const fused = `fma-${dtype}` as const;
  const limits = [fused, ...moreLimits].map((kind) => [limitNames[kind], () => atLimit([{ kind, flops }])] as const);
  const options = { size, form, dtype };
  return {
    kind: "comparison",
    name: `${String(size)} ${shown[form]} ${dtype}`,
    ours: () => ourProduct(size, form, dtype),
    peers: {
      PyTorch: () => torch("matmul", options),
      ...(dtype === "f32" && { "TensorFlow.js": () => tensorFlowProduct(size, form), "jax-js": () => jaxProduct(size, form) }),
    },
    others: Object.fromEntries(limits),
    figure: { unit: "GF/s", amount: flops },
    bars: [{ than: limitNames[fused], atLeast: share }],
  };
}

function comparisons(dtype: Precision, shareOf: (size: number) => number, ...moreLimits: readonly Limit[]): Comparison[] {
  return [128, 256, 512, 1024].flatMap((size) => forms.map((form) => comparison(size, form, dtype, shareOf(size), moreLimits)));
}

export const matmulF32: Row = {
  name: "matmul",
  what: "matrix product of two square f32 matrices",
  cases: () => comparisons("f32", (size) => (size === 1024 ? 0.85 : 0.9)),
};

export const matmulF64: Row = {
  name: "matmul-f64",
  what: "matrix product of two square f64 matrices",
  cases: () => comparisons("f64", () => 0.85),
};

export const matmulPlain: Row = {
  name: "matmul-plain",
  what: "matrix product f32 with plain multiply and add, as in an engine without relaxed SIMD",
  withoutRelaxedSimd: true,
  cases: () => comparisons("f32", () => 0.75, "multiply-add-f32"),
};
