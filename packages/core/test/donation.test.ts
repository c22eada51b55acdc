import { cast, clone, compile, fromArray, grad, matmul, tensor, zeros } from "@opt/core";
import type { Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { compiledTraces } from "../src/compile/compile.ts";
import { usedBytes } from "./used-bytes.ts";

type Params = { readonly w: Tensor };

const elements = (x: Tensor): number[] => [...x.readSync()];
const decay = (params: Params, gradients: Params): Params => ({ w: params.w.sub(gradients.w.mul(0.5)) });

describe("donation", () => {
  it("takes the old tensors of containers that come back", () => {
    const step = compile(decay);
    const params = { w: tensor([4, 6]) };
    const gradients = { w: tensor([2, 2]) };
    const next = step(params, gradients);
    expect(elements(next.w)).toEqual([3, 5]);
    expect(elements(gradients.w)).toEqual([2, 2]);
    expect(() => params.w.readSync()).toThrowErrorMatchingInlineSnapshot(`[OptError: Tensor(f32[2]) was donated to a compiled function or to evaluate, which updated its elements in place. Use the tensor that replaces it; or keep a copy with clone(tree), or donate nothing: compile with { donate: [] }.]`);
    expect(() => step(params, gradients)).toThrow("was donated to a compiled function");
    expect(() => params.w.add(1).readSync()).toThrow("was donated to a compiled function");
    expect(() => clone(params)).toThrow("was donated to a compiled function");
    expect(elements(step(next, gradients).w)).toEqual([2, 4]);
  });

  it("keeps clones, plain tensor arguments, and everything with donate: []", () => {
    const step = compile(decay);
    const params = { w: tensor([4, 6]) };
    const kept = clone(params);
    step(params, { w: tensor([2, 2]) });
    expect(elements(kept.w)).toEqual([4, 6]);
    const twice = compile((x: Tensor) => x.mul(2));
    const x = tensor([1, 2]);
    expect(elements(twice(x))).toEqual([2, 4]);
    expect(elements(x)).toEqual([1, 2]);
    compile(decay, { donate: [] })(kept, kept);
    expect(elements(kept.w)).toEqual([4, 6]);
  });

  it("takes a single tensor only when told to", () => {
    const twice = compile((x: Tensor) => x.mul(2), { donate: [0] });
    const x = tensor([1, 2]);
    expect(elements(twice(x))).toEqual([2, 4]);
    expect(() => x.readSync()).toThrow("was donated to a compiled function");
  });

  it("refuses to donate what does not come back", () => {
    expect(() => compile((x: Tensor) => x.sum(), { donate: [0] })(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: compile({ donate }): argument 0 cannot be donated because no result has its structure, shapes and dtypes.]`);
  });

  it("keeps tensors apart that one call gets twice or that a second tensor shares", () => {
    const step = compile((state: { a: Tensor; b: Tensor }) => ({ a: state.a.add(1), b: state.b.mul(10) }));
    const shared = tensor([1, 2]);
    const next = step({ a: shared, b: shared });
    expect([elements(next.a), elements(next.b)]).toEqual([[2, 3], [10, 20]]);
    const doubled = compile((x: Tensor) => { const y = x.mul(3); return { a: y, b: y }; })(tensor([1, 2]));
    const after = step(doubled);
    expect([elements(after.a), elements(after.b)]).toEqual([[4, 7], [30, 60]]);
  });

  it("never changes a tensor that a closure captured, nor the array that a tensor wraps", () => {
    const captured = tensor([1, 2]);
    const addCaptured = compile((x: Tensor) => x.add(captured));
    expect(elements(addCaptured(tensor([10, 10])))).toEqual([11, 12]);
    const step = compile((state: Params) => ({ w: state.w.mul(100) }));
    step({ w: captured });
    expect(elements(addCaptured(tensor([10, 10])))).toEqual([11, 12]);
    const array = Float32Array.of(1, 2);
    expect(elements(step({ w: fromArray(array, [2]) }).w)).toEqual([100, 200]);
    expect([...array]).toEqual([1, 2]);
  });

  it("computes captured lazy tensors right although they are donated later", () => {
    const base = { w: tensor([1, 2]) };
    const pending = base.w.add(5);
    expect(elements(pending)).toEqual([6, 7]);
    compile((state: Params) => ({ w: state.w.mul(100) }))(base);
    expect(elements(pending)).toEqual([6, 7]);
  });

  it("swaps, passes through and returns views of state", () => {
    const swap = compile((state: { a: Tensor; b: Tensor; c: Tensor; d: Tensor }) => ({ a: state.b, b: state.a, c: state.c, d: state.c.reshape([3]) }));
    let state = { a: tensor([1]), b: tensor([2]), c: tensor([3, 4, 5]), d: zeros([3]) };
    for (let call = 0; call < 3; call++) state = swap(state);
    expect([state.a, state.b, state.c, state.d].map(elements)).toEqual([[2], [1], [3, 4, 5], [3, 4, 5]]);
    const rotate = compile((list: readonly Tensor[]) => [1, 2, 0].map((index) => (list[index] ?? tensor(0)).add(1)));
    const rotated = rotate(rotate([tensor([0, 0]), tensor([10, 10]), tensor([20, 20])]));
    expect(rotated.map(elements)).toEqual([[22, 22], [2, 2], [12, 12]]);
  });

  it("keeps state up to date between functions that use some of its dtypes and functions that use all", () => {
    type State = { readonly single: Tensor; readonly double: Tensor };
    const both = compile(({ single, double }: State) => ({ single: single.add(cast(double, "f32")), double: double.mul(2) }));
    const one = compile(({ single }: { readonly single: Tensor }) => ({ single: single.mul(10) }));
    let state: State = { single: tensor([1, 2]), double: tensor([1, -1], { dtype: "f64" }) };
    for (let round = 0; round < 2; round++) {
      state = both(state);
      state = { ...state, ...one({ single: state.single }) };
    }
    expect([state.single, state.double].map(elements)).toEqual([[220, 80], [4, -4]]);
  });

  it.each([[2, 2], [5, 5], [33, 33]])("updates a matrix from its own transpose, %i × %i", (rows, columns) => {
    const step = compile((state: Params) => ({ w: state.w.sub(state.w.transpose().mul(0.5)) }));
    const start = Float32Array.from({ length: rows * columns }, (_, index) => index % 13);
    const expected = start.map((value, index) => value - 0.5 * (start[(index % columns) * columns + Math.floor(index / columns)] ?? 0));
    expect(elements(step({ w: tensor(start, { shape: [rows, columns] }) }).w)).toEqual([...expected]);
  });

  it("reads an updated tensor in several kernels before it changes", () => {
    const step = compile((state: { w: Tensor; v: Tensor }, x: Tensor) => {
      const product = matmul(x, state.w);
      const w = state.w.sub(matmul(x.transpose(), product).mul(0.01));
      return { state: { w, v: state.v.add(state.w.sum(0)) }, total: state.w.sum(), largest: product.sum(), column: state.w.transpose().reshape([4, 6]) };
    });
    const w = Float32Array.from({ length: 24 }, (_, index) => (index % 5) - 1);
    const x = Float32Array.from({ length: 18 }, (_, index) => (index % 4) - 1);
    const { state, total, column } = step({ w: tensor(w, { shape: [6, 4] }), v: zeros([4]) }, tensor(x, { shape: [3, 6] }));
    const product = matmul(tensor(x, { shape: [3, 6] }), tensor(w, { shape: [6, 4] }));
    expect(total.item()).toBe(w.reduce((sum, value) => sum + value, 0));
    expect(elements(state.v)).toEqual([0, 1, 2, 3].map((at) => w.reduce((sum, value, index) => sum + (index % 4 === at ? value : 0), 0)));
    expect(elements(column)).toEqual([0, 1, 2, 3].flatMap((at) => [...w].filter((_, index) => index % 4 === at)));
    const expected = tensor(w, { shape: [6, 4] }).sub(matmul(tensor(x, { shape: [3, 6] }).transpose(), product).mul(0.01));
    elements(expected).forEach((value, index) => { expect(state.w.readSync()[index]).toBeCloseTo(value, 5); });
  });

  it("says that a disposed tensor is gone", () => {
    const x = tensor([1]);
    x.dispose();
    expect(() => x.readSync()).toThrowErrorMatchingInlineSnapshot(`[OptError: Tensor(f32[1]) was disposed; its elements are gone. Read it before dispose(), or keep a clone(tree).]`);
    using scoped = tensor([2]);
    expect(scoped.item()).toBe(2);
  });
});

describe("memory", () => {
  it("does not grow over a training loop that updates in place", () => {
    const loss = (params: Params, x: Tensor): Tensor => matmul(x, params.w).pow(2).mean();
    const step = compile((params: Params, x: Tensor) => {
      const gradients = grad(loss)(params, x);
      return [decay(params, gradients), loss(params, x)] as const;
    });
    let params: Params = { w: tensor(new Float32Array(4096).fill(0.01), { shape: [64, 64] }) };
    const x = tensor(new Float32Array(128).fill(0.5), { shape: [2, 64] });
    [params] = step(params, x);
    const before = usedBytes();
    for (let count = 0; count < 2000; count++) [params] = step(params, x);
    expect(usedBytes()).toBe(before);
    const [trace] = compiledTraces(step);
    expect(trace?.donated).toEqual([true, false]);
    expect(trace?.plan.copies).toEqual([]);
  });

  it("gives the memory of results back when nothing refers to them", async () => {
    const { gc } = globalThis;
    const run = compile((x: Tensor, scale: number) => x.mul(scale));
    const x = tensor(new Float32Array(100_000).fill(1));
    // Read for the second time, an array moves into the backend's memory.
    for (let count = 0; count < 2; count++) run(x, count).dispose();
    const before = usedBytes();
    for (let count = 0; count < 20; count++) run(x, count).dispose();
    expect(usedBytes()).toBe(before);
    if (gc === undefined) return;
    for (let count = 0; count < 20; count++) run(x, count);
    for (let pause = 0; pause < 20 && usedBytes() > before; pause++) {
      await gc({ execution: "async" });
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
    expect(usedBytes()).toBeLessThanOrEqual(before);
  });
});
