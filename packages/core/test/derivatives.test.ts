import {
  abs, add, broadcastTo, cast, concatenate, cos, div, equal, exp, grad, greater, isFinite, iota, key, less, lessEqual, log, log1p, logSumExp, logicalAnd, logicalNot, logicalOr,
  matmul, max, maximum, mean, min, minimum, mul, neg, pow, randomUniform, relu, reshape, sigmoid, sign, sin, slice, sqrt, stopGradient, sub, sum, tanh, tensor, transpose, where,
} from "@opt/core";
import type { Shape, Tensor } from "@opt/core";
import { checkGradients, projectionWeights } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { PrimitiveName } from "../src/graph/primitives.ts";

type Inputs = readonly Tensor[];

/** A function with inputs away from kinks. */
interface Case {
  readonly fn: (inputs: Inputs) => Tensor;
  readonly inputs: () => Inputs;
}

/** Repeatable f64 elements uniform in [minimum, maximum). */
function draw(shape: Shape, minimum: number, maximum: number, seed = 1): Tensor {
  return randomUniform(key(seed), shape, { minimum, maximum, dtype: "f64" });
}

function f64(data: Parameters<typeof tensor>[0]): Tensor {
  return tensor(data, { dtype: "f64" });
}

function one(fn: (x: Tensor) => Tensor, minimum = -2, maximum = 2, shape: Shape = [3, 5]): Case {
  return { fn: ([x = f64(0)]) => fn(x), inputs: () => [draw(shape, minimum, maximum)] };
}

function two(fn: (a: Tensor, b: Tensor) => Tensor, shapes: readonly [Shape, Shape] = [[3, 4], [3, 4]], minimum = -2, maximum = 2): Case {
  return { fn: ([a = f64(0), b = f64(0)]) => fn(a, b), inputs: () => [draw(shapes[0], minimum, maximum, 2), draw(shapes[1], minimum, maximum, 3)] };
}

/** Operands of different shapes, so that broadcasting takes part in every derivative. */
function broadcastPairs(fn: (a: Tensor, b: Tensor) => Tensor, minimum = -2, maximum = 2): Case[] {
  const pairs: readonly (readonly [Shape, Shape])[] = [[[3, 4], [3, 4]], [[3, 4], [4]], [[3, 1], [1, 4]], [[], [2, 3]], [[2, 1, 3], [5, 1]]];
  return pairs.map((pair) => two(fn, pair, minimum, maximum));
}

const axisSets: readonly (readonly number[])[] = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];

function reductions(fn: (x: Tensor, axes: readonly number[], keepDims: boolean) => Tensor): Case[] {
  return axisSets.flatMap((axes) => [true, false].map((keepDims) => one((x) => fn(x, axes, keepDims), -2, 2, [2, 3, 4])));
}

const squares = (x: Tensor): Tensor => x.mul(x);

/** The derivative of every primitive; a text where none flows. A primitive without an entry does not compile. */
const table: Readonly<Record<PrimitiveName, readonly Case[] | string>> = {
  data: "has no operands", input: "has no operands", constant: "has no operands", iota: "has no operands",
  hostInput: "lives on the host", hostConstant: "lives on the host", hostCall: "lives on the host", fromHost: "lives on the host",
  random: "depends on a key only", stopGradient: "stops the derivative by definition", sign: "is flat",
  less: "is a predicate", lessEqual: "is a predicate", equal: "is a predicate",
  logicalAnd: "is a predicate", logicalOr: "is a predicate", logicalNot: "is a predicate",
  neg: [one((x) => neg(squares(x)))],
  exp: [one(exp)],
  log: [one(log, 0.2, 3)],
  log1p: [one(log1p, -0.7, 3), { fn: ([x = f64(0)]) => log1p(x), inputs: () => [f64([1e-9, -1e-9, 0, 1e-4])] }],
  sqrt: [one(sqrt, 0.2, 3)],
  tanh: [one(tanh)],
  sigmoid: [one(sigmoid, -6, 6)],
  relu: [one((x) => relu(x).mul(x))],
  abs: [one((x) => abs(x).mul(x))],
  sin: [one(sin, -9, 9)],
  cos: [one(cos, -9, 9)],
  add: broadcastPairs((a, b) => squares(add(a, b))),
  sub: broadcastPairs((a, b) => squares(sub(a, b))),
  mul: broadcastPairs(mul),
  div: broadcastPairs(div, 0.5, 2),
  pow: [...broadcastPairs(pow, 0.4, 2), one((x) => pow(x, 3)), one((x) => pow(x, 2)), one((x) => pow(x, -1), 0.4, 2), one((x) => pow(x, 0.5), 0.4, 2), one((x) => pow(x, 2.5), 0.4, 2), one((x) => pow(2, x))],
  maximum: broadcastPairs((a, b) => squares(maximum(a, b))),
  minimum: broadcastPairs((a, b) => squares(minimum(a, b))),
  where: broadcastPairs((a, b) => squares(where(less(stopGradient(a), 0.3), a.mul(b), b))),
  cast: [one((x) => cast(cast(squares(x), "f64"), "f64"))],
  variable: [one((x) => grad((inner: Tensor) => squares(inner).mul(inner).sum())(x))],
  reshape: [one((x) => squares(reshape(x, [5, 3])).mul(iota([5, 3], 0, { dtype: "f64" })))],
  transpose: [one((x) => squares(transpose(x)).mul(iota([5, 3], 1, { dtype: "f64" }))), one((x) => squares(transpose(x, [2, 0, 1])).mul(iota([4, 2, 3], 1, { dtype: "f64" })), -2, 2, [2, 3, 4])],
  broadcast: [one((x) => squares(broadcastTo(x, [4, 3, 5])).mul(iota([4, 3, 5], 0, { dtype: "f64" }))), one((x) => squares(broadcastTo(x, [2, 3, 4])), -2, 2, [3, 1])],
  sum: reductions((x, axes, keepDims) => squares(sum(x, axes, { keepDims }))),
  max: reductions((x, axes, keepDims) => squares(max(x, axes, { keepDims }))),
  slice: [one((x) => squares(slice(x, 0, 1))), one((x) => squares(slice(x, 1, 1, 4)).mul(3)), one((x) => squares(slice(x, -1, -2)).mul(slice(x, 1, 0, 2)))],
  concatenate: [
    two((a, b) => squares(concatenate([a, b, a.mul(2)], 0)), [[2, 3], [1, 3]]),
    two((a, b) => squares(concatenate([a, b], 1)).mul(iota([2, 5], 1, { dtype: "f64" })), [[2, 3], [2, 2]]),
    one((x) => squares(sum(concatenate([x, x.mul(x)], 2), [0, 2])), -2, 2, [2, 3, 4]),
  ],
  place: "is made by plans only",
  matmul: [two(matmul, [[3, 4], [4, 2]]), two((a, b) => matmul(transpose(a), b), [[4, 3], [4, 2]]), two((a, b) => squares(matmul(a, transpose(b))), [[3, 4], [2, 4]])],
};

/** The gradient of a projection of the gradient: every second derivative takes part. */
function projectedGradient(fn: (inputs: Inputs) => Tensor): (inputs: Inputs) => Tensor {
  const gradientOf = grad((inputs: Inputs) => {
    const result = fn(inputs);
    return result.mul(projectionWeights(result)).sum();
  });
  return (inputs) => gradientOf(inputs).map((leaf) => leaf.mul(projectionWeights(leaf)).sum()).reduce((left, right) => left.add(right));
}

describe("derivatives of the primitives agree with central differences in f64", () => {
  for (const [name, cases] of Object.entries(table)) {
    if (typeof cases === "string") continue;
    it(`${name}: first and second derivative`, () => {
      for (const { fn, inputs } of cases) {
        checkGradients(fn, inputs(), { relative: 1e-6, absolute: 1e-8 });
        checkGradients(projectedGradient(fn), inputs(), { relative: 1e-6, absolute: 1e-8 });
      }
    });
  }

  it("lets nothing flow through predicates, sign, stopGradient and integers", () => {
    const x = f64([-1.5, 0.5, 2]);
    const flat: Readonly<Record<string, (x: Tensor) => Tensor>> = {
      sign, stopGradient, integers: (y) => cast(cast(y, "i32"), "f64"), less: (y) => cast(less(y, 1), "f64"), lessEqual: (y) => cast(lessEqual(y, 1), "f64"),
      equal: (y) => cast(equal(y, 1), "f64"), not: (y) => cast(logicalNot(less(y, 1)), "f64"), isFinite: (y) => cast(isFinite(y), "f64"),
      and: (y) => cast(logicalAnd(less(y, 1), greater(y, -1)), "f64"), or: (y) => cast(logicalOr(less(y, 1), greater(y, -1)), "f64"),
    };
    for (const fn of Object.values(flat)) expect([...grad((y: Tensor) => fn(y).mul(3).sum())(x).readSync()]).toEqual([0, 0, 0]);
  });
});

describe("derivatives of compositions", () => {
  const composed: Readonly<Record<string, Case>> = {
    logSumExp: one((x) => logSumExp(x, 1)),
    logSoftmax: one((x) => x.sub(logSumExp(x, -1, { keepDims: true }))),
    softmaxOverRows: one((x) => exp(x.sub(logSumExp(x, 0, { keepDims: true })))),
    mean: one((x) => squares(mean(x, 0))),
    min: one((x) => squares(min(x, 1))),
    standardize: one((x) => { const centered = x.sub(x.mean(0, { keepDims: true })); return centered.div(sqrt(squares(centered).mean(0, { keepDims: true }).add(1e-3))); }),
    network: two((a, b) => tanh(matmul(relu(matmul(a, b)), transpose(b))), [[5, 3], [3, 4]]),
    diamond: one((x) => { const shared = tanh(x); return shared.mul(shared).add(exp(shared)); }),
  };
  it.each(Object.keys(composed))("%s: first and second derivative", (name) => {
    const { fn, inputs } = composed[name] ?? one((x) => x);
    checkGradients(fn, inputs(), { relative: 1e-6, absolute: 1e-8 });
    checkGradients(projectedGradient(fn), inputs(), { relative: 1e-6, absolute: 1e-8 });
  });
});

describe("derivatives at special places", () => {
  const slopes = (fn: (x: Tensor) => Tensor, data: number[]): number[] => [...grad((x: Tensor) => fn(x).sum())(f64(data)).readSync()];

  it("shares the derivative of max equally among ties", () => {
    expect(slopes((x) => max(x), [1, 3, 3, 2, 3])).toEqual([0, 1 / 3, 1 / 3, 0, 1 / 3]);
    expect([...grad((x: Tensor) => max(x, 1).mul(f64([2, 10])).sum())(f64([[5, 5], [1, 7]])).readSync()]).toEqual([1, 1, 0, 10]);
    expect(slopes((x) => min(x), [2, 1, 1])).toEqual([0, 0.5, 0.5]);
  });

  it("halves the derivative of maximum and minimum between equal operands", () => {
    const gradients = grad(([a = f64(0), b = f64(0)]: Inputs) => maximum(a, b).add(minimum(a, b).mul(10)).sum())([f64([1, 2, 3]), f64([2, 2, 2])]);
    expect(gradients.map((leaf) => [...leaf.readSync()])).toEqual([[10, 5.5, 1], [1, 5.5, 10]]);
  });

  it("takes the derivative of relu, abs and sign at 0 as 0", () => {
    expect(slopes(relu, [-1, 0, 2])).toEqual([0, 0, 1]);
    expect(slopes(abs, [-1, 0, 2])).toEqual([-1, 0, 1]);
  });

  it("gives powers their derivatives at 0 and at negative bases", () => {
    expect(slopes((x) => pow(x, 3), [0, -2])).toEqual([0, 12]);
    expect(slopes((x) => pow(x, 1), [0, -2])).toEqual([1, 1]);
    expect(slopes((x) => pow(x, f64([3, 2, 1])), [0, -2, 0])).toEqual([0, -4, 1]);
    const [, byExponent = f64(0)] = grad(([a = f64(0), b = f64(0)]: Inputs) => pow(a, b).sum())([f64([0, 1, 2]), f64([2, 5, 3])]);
    expect([...byExponent.readSync()]).toEqual([0, 0, 8 * Math.LN2]);
  });

  it("lets the derivative of where flow only into what was chosen, also beside a pole", () => {
    expect(slopes((x) => where(greater(x, 0), log(where(greater(x, 0), x, 1)), 0), [2, 0, -1])).toEqual([0.5, 0, 0]);
  });

  it("keeps log1p exact near 0", () => {
    expect(slopes(log1p, [0, 1e-17])).toEqual([1, 1]);
  });
});
