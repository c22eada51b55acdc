import {
  abs, add, argMax, broadcastTo, cast, concatenate, cos, div, equal, exp, fromArray, full, fullLike, greater, greaterEqual, iota, isFinite, less, lessEqual, log, log1p,
  logicalAnd, logicalNot, logicalOr, logSumExp, matmul, max, maximum, mean, min, minimum, mul, neg, notEqual, ones, onesLike, pow, relu, reshape, sigmoid, sign, sin,
  slice, sqrt, square, stopGradient, sub, sum, tanh, tensor, transpose, where, zeros, zerosLike,
} from "@opt/core";
import type { Tensor, TensorLike } from "@opt/core";
import { describe, expect, it } from "vitest";

const elements = (x: Tensor): number[] => [...x.readSync()];
const f32 = (...values: number[]): Tensor => tensor(values);
const i32 = (...values: number[]): Tensor => tensor(Int32Array.from(values));

describe("creation", () => {
  it("takes numbers, nested arrays and typed arrays with their dtypes", () => {
    const cases: [Tensor, string, number[], number[]][] = [
      [tensor(3), "f32", [], [3]], [tensor([[1, 2], [3, 4]]), "f32", [2, 2], [1, 2, 3, 4]], [tensor([0.1], { dtype: "f64" }), "f64", [1], [0.1]],
      [tensor(Float64Array.of(0.1, 2)), "f64", [2], [0.1, 2]], [tensor(Int32Array.of(1, -2), { shape: [2, 1] }), "i32", [2, 1], [1, -2]], [tensor([[], []]), "f32", [2, 0], []],
      [tensor(Float32Array.of(1.5), { dtype: "f64" }), "f64", [1], [1.5]], [tensor([1, 2], { dtype: "i32" }), "i32", [2], [1, 2]],
      [fromArray(Float32Array.of(1, 2), [1, 2]), "f32", [1, 2], [1, 2]], [full([2], 0.5), "f32", [2], [0.5, 0.5]], [zeros([2], { dtype: "i32" }), "i32", [2], [0, 0]],
      [ones([1, 2], { dtype: "f64" }), "f64", [1, 2], [1, 1]], [fullLike(i32(1, 2), 7), "i32", [2], [7, 7]], [zerosLike(f32(1)), "f32", [1], [0]], [onesLike(f32(3)), "f32", [1], [1]],
      [iota([2, 3], 1), "i32", [2, 3], [0, 1, 2, 0, 1, 2]], [iota([2, 2], 0, { dtype: "f64" }), "f64", [2, 2], [0, 0, 1, 1]],
    ];
    for (const [x, dtype, shape, values] of cases) expect([x.dtype, x.shape, x.size, x.rank, elements(x)]).toEqual([dtype, shape, values.length, shape.length, values]);
  });

  it("copies what it is given and what it gives", async () => {
    const data = Float32Array.of(1, 2);
    const x = tensor(data);
    data[0] = 9;
    const read = await x.read();
    read[1] = 9;
    expect(elements(x)).toEqual([1, 2]);
    expect(x.sum().item()).toBe(3);
  });
});

describe("functions of one operand", () => {
  const special = [0, -0, 1, -1, 0.5, -2.5, Infinity, -Infinity, NaN];
  const exact: Readonly<Record<string, readonly [(x: TensorLike) => Tensor, readonly number[]]>> = {
    neg: [neg, [-0, 0, -1, 1, -0.5, 2.5, -Infinity, Infinity, NaN]],
    abs: [abs, [0, 0, 1, 1, 0.5, 2.5, Infinity, Infinity, NaN]],
    sign: [sign, [0, -0, 1, -1, 1, -1, 1, -1, NaN]],
    relu: [(x) => add(relu(x), 0), [0, -0, 1, 0, 0.5, 0, Infinity, 0, NaN]],
    square: [square, [0, 0, 1, 1, 0.25, 6.25, Infinity, Infinity, NaN]],
    sqrt: [sqrt, [0, -0, 1, NaN, Math.sqrt(0.5), NaN, Infinity, NaN, NaN]],
  };
  it.each(Object.keys(exact))("%s is exact, also at 0, −0, ±∞ and NaN", (name) => {
    const [fn, expected] = exact[name] ?? [neg, []];
    expect(elements(fn(f32(...special)))).toEqual(expected.map(Math.fround));
    expect(elements(fn(tensor(special, { dtype: "f64" })))).toEqual(expected);
  });

  const rounded: Readonly<Record<string, readonly [(x: TensorLike) => Tensor, (x: number) => number]>> = {
    exp: [exp, Math.exp], log: [log, Math.log], log1p: [log1p, Math.log1p], tanh: [tanh, Math.tanh], sin: [sin, Math.sin], cos: [cos, Math.cos],
    sigmoid: [sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  };
  it.each(Object.keys(rounded))("%s is within 4 ulp, and exact at 0, ±∞ and NaN", (name) => {
    const [fn, reference] = rounded[name] ?? [exp, Math.exp];
    for (const [dtype, unit] of [["f32", 2 ** -23], ["f64", 2 ** -52]] as const) {
      elements(fn(tensor(special, { dtype }))).forEach((value, index) => {
        const expected = reference(special[index] ?? NaN);
        if (Number.isFinite(expected)) expect(Math.abs(value - expected)).toBeLessThanOrEqual(4 * unit * Math.abs(expected));
        else expect(value).toBe(expected);
      });
    }
  });

  it("work on i32 where they are exact", () => {
    expect(elements(neg(i32(1, -2, -(2 ** 31))))).toEqual([-1, 2, -(2 ** 31)]);
    expect(elements(abs(i32(1, -2)))).toEqual([1, 2]);
    expect(elements(square(i32(3, -4)))).toEqual([9, 16]);
  });
});

describe("functions of two operands", () => {
  it("compute with tensors, numbers and both orders, broadcasting", () => {
    const x = f32(1, 2, 4);
    const results = [add(x, 1), add(1, x), sub(x, 1), sub(1, x), mul(x, 3), div(x, 2), div(2, x), pow(x, 2), pow(2, x), maximum(x, 2), minimum(2, x), x.add(x), x.sub(x), x.mul(x), x.div(x), x.neg(), x.pow(-1)];
    expect(results.map(elements)).toEqual([
      [2, 3, 5], [2, 3, 5], [0, 1, 3], [0, -1, -3], [3, 6, 12], [0.5, 1, 2], [2, 1, 0.5], [1, 4, 16], [2, 4, 16], [2, 2, 4], [1, 2, 2],
      [2, 4, 8], [0, 0, 0], [1, 4, 16], [1, 1, 1], [-1, -2, -4], [1, 0.5, 0.25],
    ]);
    const table = f32(1, 2).reshape([2, 1]).mul(f32(10, 20, 30));
    expect([table.shape, elements(table)]).toEqual([[2, 3], [10, 20, 30, 20, 40, 60]]);
    expect(elements(add(2, 3))).toEqual([5]);
  });

  it("follow IEEE at infinities, NaN and zeros", () => {
    expect(elements(div(f32(1, -1, 0), 0))).toEqual([Infinity, -Infinity, NaN]);
    expect(elements(maximum(f32(NaN, 1), f32(1, NaN)))).toEqual([NaN, NaN]);
    expect(elements(minimum(f32(-0, 0), f32(0, -0)))).toEqual([-0, -0]);
    expect(elements(pow(f32(0, -8, -2, Infinity, 2), f32(0, 1 / 3, 3, -1, NaN)))).toEqual([1, NaN, -8, 0, NaN]);
    expect(elements(f32(Infinity).sub(f32(Infinity)))).toEqual([NaN]);
  });

  it("wrap and stay whole in i32", () => {
    expect(elements(i32(2 ** 31 - 1, 5).add(1))).toEqual([-(2 ** 31), 6]);
    expect(elements(i32(65_537, -3).mul(65_537))).toEqual([131_073, -196_611]);
    expect(elements(maximum(i32(1, 5), 3))).toEqual([3, 5]);
    expect(elements(i32(1, 5).sub(i32(3)))).toEqual([-2, 2]);
  });
});

describe("predicates and choices", () => {
  const a = f32(1, 2, 3, NaN);
  const b = f32(2, 2, 2, NaN);
  it("compare; NaN is unequal to everything", () => {
    const results = [less(a, b), lessEqual(a, b), greater(a, b), greaterEqual(a, b), equal(a, b), notEqual(a, b), isFinite(f32(1, Infinity, -Infinity, NaN))];
    expect(results.map(elements)).toEqual([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0, 1, 0, 0], [1, 0, 1, 1], [1, 0, 0, 0]]);
    expect(results[0]?.readSync()).toBeInstanceOf(Int32Array);
    expect(elements(less(i32(1, 3), 2))).toEqual([1, 0]);
  });

  it("combine, and choose with broadcasting", () => {
    const small = less(a, 3);
    const even = equal(a, 2);
    expect([logicalAnd(small, even), logicalOr(small, even), logicalNot(small)].map(elements)).toEqual([[0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]]);
    expect(elements(where(small, a, -1))).toEqual([1, 2, -1, -1]);
    expect(elements(where(small.reshape([4, 1]), f32(1, 2), f32(3, 4)))).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
    expect(elements(where(less(i32(1, 5), 3), i32(10, 20), 0))).toEqual([10, 0]);
  });

  it("keep their meaning after they were read", () => {
    const positive = greater(tensor([1, -1, 2], { dtype: "f64" }), 0);
    expect(elements(positive)).toEqual([1, 0, 1]);
    expect(elements(where(positive, tensor([1, 2, 3], { dtype: "f64" }), 0))).toEqual([1, 0, 3]);
    expect(elements(logicalNot(positive))).toEqual([0, 1, 0]);
    expect(elements(cast(positive, "f32"))).toEqual([1, 0, 1]);
  });

  it("cast by truncation, saturating, with NaN as 0", () => {
    expect(elements(cast(f32(1.9, -1.9, NaN, Infinity, -1e20), "i32"))).toEqual([1, -1, 0, 2 ** 31 - 1, -(2 ** 31)]);
    expect(elements(cast(tensor([0.1, 1e300], { dtype: "f64" }), "f32"))).toEqual([Math.fround(0.1), Infinity]);
    expect(elements(cast(f32(0, -0, NaN, 3), "bool"))).toEqual([0, 0, 1, 1]);
    expect(elements(cast(i32(2 ** 24 + 1), "f32"))).toEqual([2 ** 24]);
    expect(elements(cast(i32(2 ** 24 + 1), "f64"))).toEqual([2 ** 24 + 1]);
  });
});

describe("reductions", () => {
  const x = tensor([[1, 5, 3], [4, 2, 6]]);
  it("reduce all, one or several axes, from either end", () => {
    expect([sum(x), sum(x, 0), sum(x, -1), mean(x), mean(x, 1), max(x, 0), min(x, 1), x.sum([0, 1]), x.mean(0)].map(elements)).toEqual([
      [21], [5, 7, 9], [9, 12], [3.5], [3, 4], [4, 5, 6], [1, 2], [21], [2.5, 3.5, 4.5],
    ]);
    expect([x.sum(0, { keepDims: true }).shape, x.sum(0).shape, x.sum([]).shape]).toEqual([[1, 3], [3], [2, 3]]);
    expect(elements(sum(i32(2 ** 31 - 1, 1)))).toEqual([-(2 ** 31)]);
    expect(elements(min(i32(5, -(2 ** 31), -7)))).toEqual([-(2 ** 31)]);
  });

  it("find the first largest element", () => {
    expect([argMax(x, 0), argMax(x, 1), argMax(f32(2, 7, 7), 0), argMax(i32(-5, -1, -3), 0)].map(elements)).toEqual([[1, 0, 1], [1, 2], [1], [1]]);
    expect(argMax(x, 0).dtype).toBe("i32");
  });

  it("neither overflow nor underflow in logSumExp", () => {
    expect(elements(logSumExp(tensor([[1000, 1000], [-1000, -1000], [-Infinity, -Infinity], [Infinity, 0]], { dtype: "f64" }), 1))).toEqual([
      1000 + Math.LN2, -1000 + Math.LN2, -Infinity, Infinity,
    ]);
  });
});

describe("movement and products", () => {
  const x = tensor([[1, 2, 3], [4, 5, 6]]);
  it("rearranges, repeats, cuts and joins", () => {
    const results = [transpose(x), reshape(x, [3, -1]), broadcastTo(f32(1, 2), [2, 2]), slice(x, 1, 1), slice(x, -1, 0, -1), slice(x, 0, -1), concatenate([x, x.neg()], 0), concatenate([x, x], -1), stopGradient(x)];
    expect(results.map((result) => [result.shape, elements(result)])).toEqual([
      [[3, 2], [1, 4, 2, 5, 3, 6]], [[3, 2], [1, 2, 3, 4, 5, 6]], [[2, 2], [1, 2, 1, 2]], [[2, 2], [2, 3, 5, 6]], [[2, 2], [1, 2, 4, 5]], [[1, 3], [4, 5, 6]],
      [[4, 3], [1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6]], [[2, 6], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]], [[2, 3], [1, 2, 3, 4, 5, 6]],
    ]);
    const cube = iota([24], 0).reshape([2, 3, 4]).transpose([1, 2, 0]);
    expect([cube.shape, elements(cube).slice(0, 4)]).toEqual([[3, 4, 2], [0, 12, 1, 13]]);
  });

  it("multiplies matrices", () => {
    expect(elements(matmul(x, transpose(x)))).toEqual([14, 32, 32, 77]);
    expect(elements(x.matmul(tensor([[1], [0], [-1]])))).toEqual([-2, -2]);
    expect(elements(matmul(tensor([[0, 1]]), tensor([[NaN], [1]])))).toEqual([NaN]);
  });
});
