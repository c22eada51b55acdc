import { cast, compile, concatenate, equal, exp, explain, iota, key, logSumExp, matmul, mul, randomUniform, relu, scalar, slice, sqrt, tensor, valueAndGrad, zeros } from "@opt/core";
import type { Scalar, Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { compiledTraces } from "../src/compile/compile.ts";
import type { Plan } from "../src/compile/plan.ts";

type Layer = { readonly weight: Tensor; readonly bias: Tensor };

/** The plan of a compiled function that has been called once. */
function planOf(compiled: object): Plan {
  const [trace] = compiledTraces(compiled);
  if (trace === undefined) throw new Error("not called yet");
  return trace.plan;
}

/** A plan's kernels in words: `loop`, `loop Σ` for those with reductions, `matmul`. */
function kernelsOf(compiled: object): string[] {
  return planOf(compiled).kernels.map((kernel) => (kernel.kind === "matmul" ? "matmul" : kernel.reduced.includes(true) ? "loop Σ" : "loop"));
}

function draw(shape: readonly number[], seed = 1): Tensor {
  return randomUniform(key(seed), shape, { minimum: -1 });
}

/** Adam, written as separate tensor arithmetic: decay, both moments, bias corrections, step. */
function adam(p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: Scalar): { p: Tensor; m: Tensor; v: Tensor } {
  const decayed = g.add(p.mul(0.01));
  const nextM = m.mul(0.9).add(decayed.mul(0.1));
  const nextV = v.mul(0.999).add(decayed.mul(decayed).mul(0.001));
  const corrected = nextM.div(scalar((n) => 1 - 0.9 ** n, t));
  const scale = sqrt(nextV.div(scalar((n) => 1 - 0.999 ** n, t))).add(1e-8);
  const update = corrected.div(scale).mul(-0.001);
  return { p: p.add(update), m: nextM, v: nextV };
}

describe("elementwise work", () => {
  it("makes one kernel of an Adam update for each parameter, in place and without temporaries", () => {
    type Slot = { readonly p: Tensor; readonly m: Tensor; readonly v: Tensor };
    type State = { readonly slots: readonly Slot[]; readonly t: number };
    const step = compile((state: State, gradients: readonly Tensor[]) => {
      const t = scalar((n) => n + 1, state.t);
      return { slots: state.slots.map(({ p, m, v }, index) => adam(p, gradients[index] ?? p, m, v, t)), t: t as number };
    });
    const shapes = [[30, 20], [20], [20, 10]];
    const state: State = { slots: shapes.map((shape) => ({ p: draw(shape), m: zeros(shape), v: zeros(shape) })), t: 0 };
    const next = step(state, shapes.map((shape) => draw(shape, 2)));
    expect(kernelsOf(step)).toEqual(["loop", "loop", "loop"]);
    const plan = planOf(step);
    expect(plan.temporaryBytes).toBe(0);
    expect(plan.copies).toEqual([]);
    expect(plan.freshOutputs).toEqual([]);
    expect(plan.kernels.map((kernel) => kernel.stores.length)).toEqual([3, 3, 3]);
    // Each kernel reads the parameter, the gradient and both moments once.
    expect(plan.kernels.map((kernel) => kernel.values.filter((value) => value.kind === "load").length)).toEqual([4, 4, 4]);
    expect(next.t).toBe(1);
  });

  it("joins updates of equal shape", () => {
    const step = compile((list: readonly Tensor[]) => list.map((x) => x.mul(0.9).add(1)));
    step([zeros([8]), zeros([8]), zeros([8])]);
    expect(planOf(step).copies).toEqual([]);
    expect(kernelsOf(step).every((kind) => kind === "loop")).toBe(true);
  });

  it("shares equal subexpressions and drops what no output needs", () => {
    const run = compile((x: Tensor) => {
      exp(x.mul(3)).sum();
      return [exp(x).add(1), exp(x).mul(2)];
    });
    run(draw([50]));
    const [kernel] = planOf(run).kernels;
    expect(kernelsOf(run)).toEqual(["loop"]);
    expect(kernel?.fused.filter((name) => name === "exp")).toEqual(["exp"]);
  });

  it("reads views, slices and literals in place", () => {
    const run = compile((x: Tensor) => slice(x, 0, 1).transpose().mul(2).add(x.reshape([20]).sum()).add(iota([3], 0, { dtype: "f32" })));
    run(draw([4, 5]));
    expect(planOf(run).temporaryBytes).toBeLessThanOrEqual(128);
    expect(kernelsOf(run)).toEqual(["loop Σ", "loop"]);
  });

  it("computes the pieces of a concatenation where they belong", () => {
    const run = compile((x: Tensor, y: Tensor) => concatenate([x.mul(2), y.add(1)], 0));
    run(draw([10]), draw([7]));
    expect(planOf(run).temporaryBytes).toBe(0);
    expect(kernelsOf(run)).toEqual(["loop", "loop"]);
  });
});

describe("matrix products", () => {
  it("add the bias and activate while they store", () => {
    const layer = compile((x: Tensor, { weight, bias }: Layer) => relu(matmul(x, weight).add(bias)));
    layer(draw([16, 12]), { weight: draw([12, 8]), bias: draw([8]) });
    expect(kernelsOf(layer)).toEqual(["matmul"]);
    expect(planOf(layer).temporaryBytes).toBe(0);
    expect(planOf(layer).kernels[0]?.fused).toEqual(expect.arrayContaining(["matmul", "add", "relu"]));
  });

  it("read transposed operands as they lie", () => {
    const run = compile((x: Tensor, y: Tensor) => matmul(x.transpose(), y.transpose()));
    run(draw([12, 16]), draw([8, 12]));
    expect(kernelsOf(run)).toEqual(["matmul"]);
    expect(planOf(run).kernels[0]).toMatchObject({ rows: 16, columns: 8, depth: 12, a: { transposed: true }, b: { transposed: true } });
  });

  it("update the weights of stochastic gradient descent in the store of the gradient", () => {
    const step = compile((params: { weight: Tensor }, x: Tensor, delta: Tensor) => ({ weight: params.weight.sub(matmul(x.transpose(), delta).mul(0.1)) }));
    step({ weight: draw([12, 8]) }, draw([16, 12]), draw([16, 8]));
    expect(kernelsOf(step)).toEqual(["matmul"]);
    expect(planOf(step).copies).toEqual([]);
    expect(planOf(step).freshOutputs).toEqual([]);
    expect(planOf(step).temporaryBytes).toBe(0);
  });

  it("keep out of their store what waits for them by way of a third kernel", () => {
    // `total` is older than the product, but comes from a kernel that also computes `mixed`, which waits for the product.
    const compiled = compile((x: Tensor, w: Tensor, p: Tensor, q: Tensor, r: Tensor) => {
      const grown = exp(x);
      const total = grown.sum(1, { keepDims: true });
      const product = matmul(x, w);
      const mixed = grown.add(product).add(p).add(q).add(r);
      return [grown, total, product, mixed, product.mul(total)];
    });
    const [grown, total, product, mixed, last] = compiled(draw([8, 8]), draw([8, 8], 2), zeros([8, 8]), zeros([8, 8]), zeros([8, 8])).map((result) => [...result.readSync()]);
    expect(mixed).toEqual(grown?.map((value, index) => Math.fround(value + (product?.[index] ?? NaN))));
    expect(last).toEqual(product?.map((value, index) => Math.fround(value * (total?.[index >> 3] ?? NaN))));
  });
});

describe("losses", () => {
  const crossEntropy = (logits: Tensor, labels: Tensor): Tensor => {
    const [rows = 0, classes = 0] = logits.shape;
    const chosen = cast(equal(iota([rows, classes], 1), labels.reshape([rows, 1])), "f32");
    return logSumExp(logits, 1).sub(mul(chosen, logits).sum(1)).mean();
  };

  it("take one kernel for softmax cross-entropy with its gradient, and one for the mean", () => {
    const run = compile((logits: Tensor, labels: Tensor) => valueAndGrad(crossEntropy)(logits, labels));
    const [loss, gradient] = run(tensor([[1, 2, 3], [1, 1, 1]]), tensor(Int32Array.of(2, 0)));
    expect(loss.item()).toBeCloseTo((Math.log(Math.exp(-2) + Math.exp(-1) + 1) + Math.log(3)) / 2, 6);
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3);
    const expected = [Math.exp(1) / total, Math.exp(2) / total, Math.exp(3) / total - 1, 1 / 3 - 1, 1 / 3, 1 / 3].map((value) => value / 2);
    gradient.readSync().forEach((value, index) => { expect(value).toBeCloseTo(expected[index] ?? NaN, 6); });
    expect(kernelsOf(run)).toEqual(["loop Σ", "loop Σ"]);
    expect(planOf(run).kernels[0]?.fused.filter((name) => name === "exp")).toHaveLength(1);
  });

  it("train a layer in four kernels", () => {
    const step = compile(({ weight, bias }: Layer, x: Tensor, labels: Tensor): readonly [Layer, Tensor] => {
      const [loss, gradients] = valueAndGrad((layer: Layer) => crossEntropy(matmul(x, layer.weight).add(layer.bias), labels))({ weight, bias });
      return [{ weight: weight.sub(gradients.weight.mul(0.1)), bias: bias.sub(gradients.bias.mul(0.1)) }, loss];
    });
    step({ weight: draw([12, 10]), bias: draw([10]) }, draw([16, 12]), tensor(Int32Array.from({ length: 16 }, (_, index) => index % 10)));
    expect(planOf(step).copies).toEqual([]);
    expect(kernelsOf(step).filter((kind) => kind === "matmul")).toHaveLength(2);
    expect(planOf(step).kernels).toHaveLength(5);
  });
});

describe("explain", () => {
  it("tells the kernels of each signature", () => {
    const layer = compile((x: Tensor, params: Layer) => relu(matmul(x, params.weight).add(params.bias)).sum());
    expect(explain(layer)).toBe("Not traced yet: call the compiled function once, then explain it.");
    layer(draw([16, 12]), { weight: draw([12, 8]), bias: draw([8]) });
    // What the backend tells of itself: sizes that change, or where it computes.
    expect(explain(layer).replace(/\d+ bytes of WebAssembly|on web(gpu|gl2)/, "…")).toMatchInlineSnapshot(`
      "arguments: f32[16, 12], f32[12, 8], f32[8]
      2 kernels; 1184 bytes in, 576 bytes of temporaries, 0 arguments updated in place; 0 host calls; …
        1. matmul f32 [16, 12] · [12, 8] as A·B
           fused: matmul
           reads arguments[0], arguments[1].weight; writes t4
        2. loop [Σ16, Σ8]
           fused: add, relu, sum
           reads t4, arguments[1].bias; writes result0"
    `);
    expect(() => explain(() => 0)).toThrowErrorMatchingInlineSnapshot(`[OptError: explain(compiled): expected what compile(fn) returned.]`);
  });
});
