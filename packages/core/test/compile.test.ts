import { compile, evaluate, exp, foldIn, grad, key, matmul, randomUniform, scalar, sin, splitKey, tensor, valueAndGrad, zeros } from "@opt/core";
import type { Key, Scalar, Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";

/** Counts how often a function is traced. */
function counted<Args extends readonly unknown[], Result>(fn: (...args: Args) => Result): { fn: (...args: Args) => Result; calls: () => number } {
  let calls = 0;
  return {
    fn: (...args) => {
      calls++;
      return fn(...args);
    },
    calls: () => calls,
  };
}

const elements = (x: Tensor): number[] => [...x.readSync()];

describe("compile traces once per signature", () => {
  it("does not trace again for other elements or other numbers", () => {
    const { fn, calls } = counted((x: Tensor, rate: number) => x.mul(rate));
    const scale = compile(fn);
    expect(elements(scale(tensor([1, 2]), 3))).toEqual([3, 6]);
    expect(elements(scale(tensor([5, 7]), -1))).toEqual([-5, -7]);
    expect(elements(scale(tensor([1, 1]), Number.NaN))).toEqual([NaN, NaN]);
    expect(calls()).toBe(1);
  });

  it("does not trace again for records without a prototype", () => {
    const { fn, calls } = counted(({ x }: { readonly x: Tensor }) => x.mul(2));
    const double = compile(fn);
    const record = (value: number): { readonly x: Tensor } => Object.assign(Object.create(null) as object, { x: tensor([value]) });
    expect(elements(double(record(1)))).toEqual([2]);
    expect(elements(double(record(3)))).toEqual([6]);
    expect(calls()).toBe(1);
  });

  it("traces for each new shape, dtype and structure, and remembers them all", () => {
    const { fn, calls } = counted((tree: { x: Tensor; mode?: string }) => tree.x.mul(tree.mode === "twice" ? 2 : 3));
    const run = compile(fn);
    const variants = [{ x: tensor([1]) }, { x: tensor([1, 1]) }, { x: tensor([1], { dtype: "f64" }) }, { x: tensor([1]), mode: "twice" }];
    const first = variants.map((tree) => elements(run(tree)));
    const second = variants.map((tree) => elements(run(tree)));
    expect(first).toEqual([[3], [3, 3], [3], [2]]);
    expect(second).toEqual(first);
    expect(calls()).toBe(4);
  });

  it("returns the structure that the function returned, with numbers as numbers", () => {
    const run = compile((x: Tensor, count: number) => ({ list: [x, { next: scalar((n) => n + 1, count) }], label: "kept", none: null, fixed: 4 }));
    const { list, label, none, fixed } = run(tensor([1, 2]), 41);
    expect([label, none, fixed]).toEqual(["kept", null, 4]);
    expect(list[1]).toEqual({ next: 42 });
    expect(elements(list[0] as Tensor)).toEqual([1, 2]);
  });

  it("inlines compiled functions in compiled functions and differentiates through them", () => {
    const { fn, calls } = counted((x: Tensor) => x.mul(x));
    const square = compile(fn);
    const outer = compile((x: Tensor) => square(x).add(square(x.mul(2))).sum());
    expect(outer(tensor([1, 2])).item()).toBe(25);
    expect(outer(tensor([1, 1])).item()).toBe(10);
    expect(calls()).toBe(2);
    expect(elements(grad((x: Tensor) => square(x).sum())(tensor([3])))).toEqual([6]);
    expect(elements(compile(grad((x: Tensor) => outer(x)))(tensor([1, 2])))).toEqual([10, 20]);
  });
});

describe("host scalars", () => {
  it("are evaluated in float64 on every call", () => {
    const seen: number[] = [];
    const step = compile((state: { m: Tensor; t: number }) => {
      const t = scalar((count) => count + 1, state.t);
      const correction = scalar((count) => { seen.push(count); return 1 - 0.999 ** count; }, t);
      return { m: state.m.mul(0).add(1).div(correction), t, correction };
    });
    let state: { m: Tensor; t: number; correction?: Scalar } = { m: tensor([0], { dtype: "f64" }), t: 0 };
    for (let call = 1; call <= 3; call++) {
      const next = step({ m: state.m, t: state.t });
      expect(next.t).toBe(call);
      expect(next.correction).toBe(1 - 0.999 ** call);
      expect(next.m.item()).toBe(1 / (1 - 0.999 ** call));
      state = { ...next, t: next.t as number };
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it("take the dtype of the tensor they meet, and combine on the host", () => {
    const run = compile((x: Tensor, y: Tensor, n: Scalar) => {
      const half = scalar((value) => value / 2, n);
      return [x.mul(half), y.mul(half), y.mul(scalar((a, b) => a * b, half, n))] as const;
    });
    const [single, double, both] = run(tensor([1]), tensor([1], { dtype: "f64" }), 0.2);
    expect(single.dtype).toBe("f32");
    expect(single.item()).toBe(Math.fround(0.1));
    expect(double.item()).toBe(0.1);
    expect(both.item()).toBe(0.1 * 0.2);
  });

  it("give integers to i32 tensors and keys to random draws without a new trace", () => {
    const { fn, calls } = counted((seed: Key, x: Tensor) => {
      const [first, second] = splitKey(foldIn(seed, 3), 2);
      return [randomUniform(first, [4]).add(x), randomUniform(second, [4]).add(x)] as const;
    });
    const draw = compile(fn);
    const expected = (seed: Key): number[][] => splitKey(foldIn(seed, 3), 2).map((part) => elements(randomUniform(part, [4])));
    for (const seed of [1, 2, 2 ** 40 + 7]) {
      expect(draw(key(seed), tensor([0, 0, 0, 0])).map(elements)).toEqual(expected(key(seed)));
    }
    expect(calls()).toBe(1);
    expect(elements(compile((x: Tensor, n: number) => x.add(n))(tensor(Int32Array.of(1, 2)), 5))).toEqual([6, 7]);
  });

  it("refuse plain arithmetic while traced", () => {
    const careless = compile((x: Tensor, rate: number) => x.mul(rate * 2));
    expect(() => careless(tensor([1]), 0.1)).toThrowErrorMatchingInlineSnapshot(`[OptError: Tensor(arguments[1]: f64[]) is not a plain number: use tensor operations, item(), or scalar(fn, …) for host scalars in a traced function.]`);
  });
});

describe("errors while tracing", () => {
  it("refuses to read", () => {
    expect(() => compile((x: Tensor) => x.mul(x.sum().item()))(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: Tensor(arguments[0]: f32[1]) has no value yet: it belongs to a function that is being traced. Return it from the compiled function and read it there.]`);
    expect(() => compile((x: Tensor) => x.mul(x.readSync()[0] ?? 0))(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: Tensor(arguments[0]: f32[1]) has no value yet: it belongs to a function that is being traced. Return it from the compiled function and read it there.]`);
    expect(() => grad((x: Tensor) => x.mul(x.item()).sum())(tensor([2]))).not.toThrow();
  });

  it("refuses asynchronous functions, non-functions and unknown options", () => {
    expect(() => compile(async (x: Tensor) => Promise.resolve(x))(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: compile: the function is async; trace a plain function and read its results afterwards.]`);
    expect(() => compile(3 as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: compile(fn): must be a function; got number.]`);
    expect(() => compile((x: Tensor) => x, { donates: [] } as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: compile({ donates }): unknown option. Did you mean "donate"?]`);
    expect(() => compile((x: Tensor) => new Map([["x", x]]))(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: result: leaves are tensors or numbers, in plain arrays and objects; got a value of class Map.]`);
    expect(() => compile((x: unknown) => x)(new Date(0))).toThrowErrorMatchingInlineSnapshot(`[OptError: arguments[0]: leaves are tensors or numbers, in plain arrays and objects; got a value of class Date.]`);
  });

  it("names the argument whose shape does not fit", () => {
    const run = compile((params: { layers: { weight: Tensor }[] }, x: Tensor) => matmul(x, params.layers[0]?.weight ?? x));
    expect(() => run({ layers: [{ weight: zeros([3, 2]) }] }, zeros([2, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: matmul(a, b): a's columns must equal b's rows; got a = arguments[1] f32[2, 2], b = arguments[0].layers[0].weight f32[3, 2].]`);
  });

  it("stays usable after an error", () => {
    const run = compile((x: Tensor, y: Tensor) => x.add(y));
    expect(() => run(tensor([1, 2]), tensor([1, 2, 3]))).toThrow("do not broadcast");
    expect(elements(run(tensor([1, 2]), tensor([3])))).toEqual([4, 5]);
  });
});

describe("what compiled functions return", () => {
  it.each([10, 5000])("outlives later calls (%i elements)", (count) => {
    const run = compile((x: Tensor, scale: number) => [x.mul(scale), x.sum(), x.mul(scale).add(1)] as const);
    const x = tensor(Float32Array.from({ length: count }, (_, index) => index % 7));
    const results = [1, 2, 3].map((scale) => run(x, scale));
    results.forEach(([scaled, total, shifted], index) => {
      expect(scaled.readSync()[6]).toBe(6 * (index + 1));
      expect(scaled.readSync()[count - 1]).toBe(((count - 1) % 7) * (index + 1));
      expect(shifted.readSync()[6]).toBe(6 * (index + 1) + 1);
      expect(total.item()).toBe(elements(x).reduce((sum, value) => sum + value, 0));
    });
  });

  it("may be the same tensor twice, an argument, a view of one, or a constant", () => {
    const run = compile((x: Tensor, y: Tensor) => {
      const product = x.mul(2);
      return [product, product, x, x.reshape([4]), y, x.transpose(), zeros([2])] as const;
    }, { donate: [] });
    const results = run(tensor([[1, 2], [3, 4]]), tensor([9])).map(elements);
    expect(results).toEqual([[2, 4, 6, 8], [2, 4, 6, 8], [1, 2, 3, 4], [1, 2, 3, 4], [9], [1, 3, 2, 4], [0, 0]]);
  });

  it("is bit for bit what lazy evaluation gives over many steps", () => {
    const loss = (params: { w: Tensor; b: Tensor }, x: Tensor): Tensor => exp(sin(matmul(x, params.w).add(params.b))).mean();
    const update = (params: { w: Tensor; b: Tensor }, x: Tensor): { w: Tensor; b: Tensor } => {
      const [, gradients] = valueAndGrad(loss)(params, x);
      return { w: params.w.sub(gradients.w.mul(0.1)), b: params.b.sub(gradients.b.mul(0.1)) };
    };
    const start = (): { w: Tensor; b: Tensor } => ({ w: randomUniform(key(1), [7, 5]), b: zeros([5]) });
    const x = randomUniform(key(2), [9, 7], { minimum: -1 });
    const step = compile(update);
    let compiled = start();
    let lazy = start();
    for (let count = 0; count < 20; count++) {
      compiled = step(compiled, x);
      lazy = update(lazy, x);
      evaluate(lazy);
    }
    expect(compiled.w.readSync()).toEqual(lazy.w.readSync());
    expect(compiled.b.readSync()).toEqual(lazy.b.readSync());
  });
});
