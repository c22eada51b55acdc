import {
  abs, add, broadcastTo, cast, concatenate, cos, div, exp, grad, iota, key, less, log, log1p, logSumExp,
  matmul, max, maximum, mean, min, minimum, mul, neg, pow, randomUniform, relu, reshape, sigmoid, sin, slice, sqrt, stopGradient, sub, sum, tanh, tensor, transpose, where,
} from "@opt/core";
import type { FloatDType, Shape, Tensor } from "@opt/core";
import type { PrimitiveName } from "../src/graph/primitives.ts";

export type Inputs = readonly Tensor[];

/** A function with inputs away from kinks. */
export interface Case {
  readonly fn: (inputs: Inputs) => Tensor;
  readonly inputs: () => Inputs;
}

/** Makes cases in a dtype. */
function makers(dtype: FloatDType): {
  readonly one: (fn: (x: Tensor) => Tensor, minimum?: number, maximum?: number, shape?: Shape) => Case;
  readonly two: (fn: (a: Tensor, b: Tensor) => Tensor, shapes?: readonly [Shape, Shape], minimum?: number, maximum?: number) => Case;
} {
  const zero = tensor(0, { dtype });
  /** Repeatable elements uniform in [minimum, maximum). */
  const draw = (shape: Shape, minimum: number, maximum: number, seed = 1): Tensor => randomUniform(key(seed), shape, { minimum, maximum, dtype });
  return {
    one: (fn, minimum = -2, maximum = 2, shape = [3, 5]) => ({ fn: ([x = zero]) => fn(x), inputs: () => [draw(shape, minimum, maximum)] }),
    two: (fn, shapes = [[3, 4], [3, 4]], minimum = -2, maximum = 2) => ({
      fn: ([a = zero, b = zero]) => fn(a, b),
      inputs: () => [draw(shapes[0], minimum, maximum, 2), draw(shapes[1], minimum, maximum, 3)],
    }),
  };
}

const axisSets: readonly (readonly number[])[] = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];

const squares = (x: Tensor): Tensor => x.mul(x);

/** The derivative of every primitive, the strangest case last; a text where none flows. A primitive without an entry does not compile. */
export function derivativeCases(dtype: FloatDType): Readonly<Record<PrimitiveName, readonly Case[] | string>> {
  const { one, two } = makers(dtype);
  const count = (shape: Shape, axis: number): Tensor => iota(shape, axis, { dtype });
  /** Operands of different shapes, so that broadcasting takes part in every derivative. */
  const broadcastPairs = (fn: (a: Tensor, b: Tensor) => Tensor, minimum = -2, maximum = 2): Case[] => {
    const pairs: readonly (readonly [Shape, Shape])[] = [[[3, 4], [3, 4]], [[3, 4], [4]], [[3, 1], [1, 4]], [[], [2, 3]], [[2, 1, 3], [5, 1]]];
    return pairs.map((pair) => two(fn, pair, minimum, maximum));
  };
  const reductions = (fn: (x: Tensor, axes: readonly number[], keepDims: boolean) => Tensor): Case[] =>
    axisSets.flatMap((axes) => [true, false].map((keepDims) => one((x) => fn(x, axes, keepDims), -2, 2, [2, 3, 4])));
  return {
    data: "has no operands", input: "has no operands", constant: "has no operands", iota: "has no operands",
    hostInput: "lives on the host", hostConstant: "lives on the host", hostCall: "lives on the host", fromHost: "lives on the host",
    random: "depends on a key only", stopGradient: "stops the derivative by definition", sign: "is flat",
    less: "is a predicate", lessEqual: "is a predicate", equal: "is a predicate",
    logicalAnd: "is a predicate", logicalOr: "is a predicate", logicalNot: "is a predicate",
    neg: [one((x) => neg(squares(x)))],
    exp: [one(exp)],
    log: [one(log, 0.2, 3)],
    log1p: [one(log1p, -0.7, 3), { fn: ([x = tensor(0)]) => log1p(x), inputs: () => [tensor([1e-9, -1e-9, 0, 1e-4], { dtype })] }],
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
    pow: [one((x) => pow(x, 3)), one((x) => pow(x, 2)), one((x) => pow(x, -1), 0.4, 2), one((x) => pow(x, 0.5), 0.4, 2), one((x) => pow(x, 2.5), 0.4, 2), one((x) => pow(2, x)), ...broadcastPairs(pow, 0.4, 2)],
    maximum: broadcastPairs((a, b) => squares(maximum(a, b))),
    minimum: broadcastPairs((a, b) => squares(minimum(a, b))),
    where: broadcastPairs((a, b) => squares(where(less(stopGradient(a), 0.3), a.mul(b), b))),
    cast: [one((x) => cast(cast(squares(x), dtype), dtype))],
    variable: [one((x) => grad((inner: Tensor) => squares(inner).mul(inner).sum())(x))],
    reshape: [one((x) => squares(reshape(x, [5, 3])).mul(count([5, 3], 0)))],
    transpose: [one((x) => squares(transpose(x)).mul(count([5, 3], 1))), one((x) => squares(transpose(x, [2, 0, 1])).mul(count([4, 2, 3], 1)), -2, 2, [2, 3, 4])],
    broadcast: [one((x) => squares(broadcastTo(x, [4, 3, 5])).mul(count([4, 3, 5], 0))), one((x) => squares(broadcastTo(x, [2, 3, 4])), -2, 2, [3, 1])],
    sum: reductions((x, axes, keepDims) => squares(sum(x, axes, { keepDims }))),
    max: reductions((x, axes, keepDims) => squares(max(x, axes, { keepDims }))),
    slice: [one((x) => squares(slice(x, 0, 1))), one((x) => squares(slice(x, 1, 1, 4)).mul(3)), one((x) => squares(slice(x, -1, -2)).mul(slice(x, 1, 0, 2)))],
    concatenate: [
      two((a, b) => squares(concatenate([a, b, a.mul(2)], 0)), [[2, 3], [1, 3]]),
      two((a, b) => squares(concatenate([a, b], 1)).mul(count([2, 5], 1)), [[2, 3], [2, 2]]),
      one((x) => squares(sum(concatenate([x, x.mul(x)], 2), [0, 2])), -2, 2, [2, 3, 4]),
    ],
    place: "is made by plans only",
    matmul: [two(matmul, [[3, 4], [4, 2]]), two((a, b) => matmul(transpose(a), b), [[4, 3], [4, 2]]), two((a, b) => squares(matmul(a, transpose(b))), [[3, 4], [2, 4]])],
  };
}

/** Derivatives of compositions. */
export function composedCases(dtype: FloatDType): Readonly<Record<string, Case>> {
  const { one, two } = makers(dtype);
  return {
    logSumExp: one((x) => logSumExp(x, 1)),
    logSoftmax: one((x) => x.sub(logSumExp(x, -1, { keepDims: true }))),
    softmaxOverRows: one((x) => exp(x.sub(logSumExp(x, 0, { keepDims: true })))),
    mean: one((x) => squares(mean(x, 0))),
    min: one((x) => squares(min(x, 1))),
    standardize: one((x) => { const centered = x.sub(x.mean(0, { keepDims: true })); return centered.div(sqrt(squares(centered).mean(0, { keepDims: true }).add(1e-3))); }),
    network: two((a, b) => tanh(matmul(relu(matmul(a, b)), transpose(b))), [[5, 3], [3, 4]]),
    diamond: one((x) => { const shared = tanh(x); return shared.mul(shared).add(exp(shared)); }),
  };
}
