import { apply } from "../graph/apply.ts";
import type { DType } from "../tensor/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TensorLike } from "../tensor/tensor.ts";
import { fail } from "../errors.ts";
import { abs } from "./functions.ts";
import { align, asTensor, elementwise, expand, hostCall, onDevice } from "./operands.ts";
import { broadcastShapes, showShape } from "../tensor/shape.ts";

/** Whether `a < b`, elementwise; false where either is NaN. */
export function less(a: TensorLike, b: TensorLike): Tensor {
  return elementwise("less", a, b);
}

/** Whether `a ≤ b`, elementwise; false where either is NaN. */
export function lessEqual(a: TensorLike, b: TensorLike): Tensor {
  return elementwise("lessEqual", a, b);
}

/** Whether `a > b`, elementwise; false where either is NaN. */
export function greater(a: TensorLike, b: TensorLike): Tensor {
  return elementwise("less", b, a);
}

/** Whether `a ≥ b`, elementwise; false where either is NaN. */
export function greaterEqual(a: TensorLike, b: TensorLike): Tensor {
  return elementwise("lessEqual", b, a);
}

/** Whether `a = b`, elementwise; false where either is NaN. */
export function equal(a: TensorLike, b: TensorLike): Tensor {
  return elementwise("equal", a, b);
}

/** Whether `a ≠ b`, elementwise; true where either is NaN. */
export function notEqual(a: TensorLike, b: TensorLike): Tensor {
  return logicalNot(equal(a, b));
}

/** Whether both predicates hold, elementwise. */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  return elementwise("logicalAnd", a, b);
}

/** Whether either predicate holds, elementwise. */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return elementwise("logicalOr", a, b);
}

/** Whether a predicate does not hold, elementwise. */
export function logicalNot(a: Tensor): Tensor {
  return elementwise("logicalNot", a);
}

/** Whether a value is neither infinite nor NaN, elementwise. */
export function isFinite(x: TensorLike): Tensor {
  return less(abs(x), Number.POSITIVE_INFINITY);
}

/**
 * Chooses elementwise: `a` where the predicate holds, else `b`. All three broadcast.
 *
 * @param condition - A predicate, the result of a comparison.
 * @param a - Chosen where the predicate holds.
 * @param b - Chosen where it does not.
 * @returns The choice; the derivative flows only into what was chosen.
 * @throws OptError `shape` or `dtype` when the operands do not fit.
 *
 * @example
 * ```ts
 * import { less, tensor, where } from "@opt/core";
 *
 * const x = tensor([-1, 2]);
 * where(less(x, 0), 0, x).readSync(); // [0, 2]
 * ```
 */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  if (!(condition instanceof Tensor)) fail("dtype", "where(condition, a, b): the condition is a predicate tensor, such as less(x, 0).");
  const onHost = hostCall("where", [condition, a, b]);
  if (onHost !== undefined) return onHost;
  const predicate = condition.onHost ? elementwise("less", 0.5, onDevice(condition)) : condition;
  const [first, second] = align("where", [a, b]);
  if (first === undefined || second === undefined) return fail("shape", "where: needs two choices.");
  const shape = broadcastShapes(predicate.shape, first.shape);
  if (shape === undefined) {
    return fail("shape", `where: the predicate ${showShape(predicate.shape)} and the choices ${showShape(first.shape)} do not broadcast.`);
  }
  return apply({ name: "where" }, [expand(predicate, shape), expand(first, shape), expand(second, shape)]);
}

/**
 * Converts to another dtype; floats become integers by truncation, predicates become zeros and ones.
 *
 * @param x - A tensor or number.
 * @param dtype - The dtype wanted.
 * @returns The converted tensor, or `x` itself when it has the dtype already.
 */
export function cast(x: TensorLike, dtype: DType): Tensor {
  if (x instanceof Tensor && x.onHost) return onDevice(x, dtype);
  const operand = asTensor("cast", x);
  if (operand.dtype === dtype) return operand;
  if (dtype === "bool") return notEqual(operand, 0);
  return apply({ name: "cast", dtype }, [operand]);
}

/** The same value, through which no derivative flows. */
export function stopGradient(x: Tensor): Tensor {
  return x.onHost ? x : apply({ name: "stopGradient" }, [x]);
}
