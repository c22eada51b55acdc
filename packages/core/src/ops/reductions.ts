import { fail } from "../errors.ts";
import { apply } from "../graph/apply.ts";
import { reducedShape, resolveAxes, showShape } from "../tensor/shape.ts";
import type { ReduceOptions, Tensor } from "../tensor/tensor.ts";
import { add, div, neg, sub } from "./arithmetic.ts";
import { iota } from "./creation.ts";
import { exp, log } from "./functions.ts";
import { onDevice } from "./operands.ts";
import { reshape } from "./movement.ts";
import { cast, equal, isFinite, stopGradient, where } from "./predicates.ts";

type Axes = number | readonly number[] | undefined;

function reduce(name: "sum" | "max", x: Tensor, axes: Axes, options: ReduceOptions | undefined): Tensor {
  const operand = onDevice(x);
  const resolved = resolveAxes(name, operand.shape, axes);
  if (resolved.length === 0) return operand;
  const kept = apply({ name, axes: resolved }, [operand]);
  return options?.keepDims === true ? kept : reshape(kept, reducedShape(operand.shape, resolved, false));
}

/**
 * Sums over axes.
 *
 * @param x - The tensor.
 * @param axes - One axis or several, negative from the end; default all.
 * @param options - `keepDims`: keep the reduced axes with length 1.
 * @returns The sums.
 * @throws OptError `shape` for an axis that does not exist.
 *
 * @example
 * ```ts
 * import { sum, tensor } from "@opt/core";
 *
 * sum(tensor([[1, 2], [3, 4]]), 0).readSync(); // [4, 6]
 * ```
 */
export function sum(x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor {
  return reduce("sum", x, axes, options);
}

/** The arithmetic mean over axes. */
export function mean(x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor {
  const total = sum(x, axes, options);
  const count = x.size / Math.max(1, total.size);
  if (x.size === 0) fail("shape", `mean: the mean of no elements does not exist; got shape ${showShape(x.shape)}.`);
  return div(total, count);
}

/** The largest element over axes; NaN where one is NaN. The derivative is shared equally among equal largest elements. */
export function max(x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor {
  return reduce("max", x, axes, options);
}

/** The smallest element over axes; NaN where one is NaN. */
export function min(x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor {
  // The least whole number has no negative; every one has a complement, −1 − x.
  const turned = (y: Tensor): Tensor => (x.dtype === "i32" ? sub(-1, y) : neg(y));
  return turned(max(turned(x), axes, options));
}

/**
 * `log Σ exp(x)` over one axis, shifted by the largest element so that it neither overflows nor underflows.
 *
 * @param x - The tensor.
 * @param axis - The axis to reduce.
 * @param options - `keepDims`: keep the axis with length 1.
 * @returns The logarithms.
 */
export function logSumExp(x: Tensor, axis: number, options?: ReduceOptions): Tensor {
  const largest = stopGradient(max(x, axis, { keepDims: true }));
  // An infinite largest element would make ∞ − ∞; then nothing is shifted and exp gives the right limit.
  const shift = where(isFinite(largest), largest, 0);
  const result = add(log(sum(exp(sub(x, shift)), axis, { keepDims: true })), shift);
  return options?.keepDims === true ? result : reshape(result, reducedShape(x.shape, resolveAxes("logSumExp", x.shape, axis), false));
}

/**
 * The index of the largest element along an axis; the first one of equals.
 *
 * @param x - The tensor.
 * @param axis - The axis to search.
 * @returns An i32 tensor without that axis.
 */
export function argMax(x: Tensor, axis: number): Tensor {
  const [resolved] = resolveAxes("argMax", x.shape, axis);
  if (resolved === undefined) return fail("shape", `argMax: axis ${String(axis)} does not exist in ${showShape(x.shape)}.`);
  const isLargest = equal(x, max(x, resolved, { keepDims: true }));
  const length = x.shape[resolved] ?? 0;
  const candidates = where(isLargest, neg(iota(x.shape, resolved, { dtype: "f32" })), -length);
  return cast(neg(max(candidates, resolved)), "i32");
}
