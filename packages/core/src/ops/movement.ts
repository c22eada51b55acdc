import { fail } from "../errors.ts";
import { apply } from "../graph/apply.ts";
import type { Shape } from "../tensor/shape.ts";
import { checkShape, resolveAxes, sameShape, showShape, sizeOf } from "../tensor/shape.ts";
import type { Tensor, TensorLike } from "../tensor/tensor.ts";
import { asTensor, expand, onDevice } from "./operands.ts";

/**
 * Arranges the same elements in another shape, in row-major order.
 *
 * @param x - The tensor.
 * @param shape - The new shape; one length may be −1 and is worked out.
 * @returns The reshaped tensor.
 * @throws OptError `shape` when the number of elements differs.
 *
 * @example
 * ```ts
 * import { reshape, tensor } from "@opt/core";
 *
 * reshape(tensor([1, 2, 3, 4]), [2, -1]).shape; // [2, 2]
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const operand = onDevice(x);
  const unknown = shape.indexOf(-1);
  let complete = shape;
  if (unknown >= 0) {
    if (shape.includes(-1, unknown + 1)) fail("shape", `reshape(${showShape(shape)}): only one length may be −1.`);
    const known = sizeOf(shape.filter((_, axis) => axis !== unknown));
    if (known === 0 || !Number.isInteger(operand.size / known)) {
      fail("shape", `reshape(${showShape(shape)}): −1 cannot be worked out for ${String(operand.size)} elements.`);
    }
    complete = shape.with(unknown, operand.size / known);
  }
  checkShape("reshape", complete);
  return sameShape(complete, operand.shape) ? operand : apply({ name: "reshape", shape: complete }, [operand]);
}

/**
 * Reorders the axes.
 *
 * @param x - The tensor.
 * @param permutation - For each new axis, the old axis it is; default: the axes reversed.
 * @returns The transposed tensor.
 * @throws OptError `shape` when the permutation does not name every axis once.
 */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const operand = onDevice(x);
  const axes = permutation ?? operand.shape.map((_, axis) => operand.rank - 1 - axis);
  if (axes.every((axis, index) => axis === index) && axes.length === operand.rank) return operand;
  return apply({ name: "transpose", permutation: axes }, [operand]);
}

/**
 * Takes consecutive elements along one axis.
 *
 * @param x - The tensor.
 * @param axis - The axis; negative counts from the end.
 * @param start - The first index; negative counts from the end.
 * @param end - The index after the last; negative counts from the end. Default: to the end.
 * @returns The slice; its derivative is zero outside.
 * @throws OptError `shape` when the axis or the elements do not exist.
 *
 * @example
 * ```ts
 * import { slice, tensor } from "@opt/core";
 *
 * slice(tensor([[1, 2, 3], [4, 5, 6]]), 1, 1).readSync(); // [2, 3, 5, 6]
 * ```
 */
export function slice(x: Tensor, axis: number, start: number, end?: number): Tensor {
  const operand = onDevice(x);
  const [resolved = 0] = resolveAxes("slice", operand.shape, axis);
  const available = operand.shape[resolved] ?? 0;
  const fromEnd = (index: number): number => (index < 0 ? index + available : index);
  const first = fromEnd(start);
  const length = fromEnd(end ?? available) - first;
  if (first === 0 && length === available) return operand;
  return apply({ name: "slice", axis: resolved, start: first, length }, [operand]);
}

/**
 * Joins tensors one after another along one axis.
 *
 * @param tensors - Tensors of one dtype whose shapes differ at most along that axis.
 * @param axis - The axis; negative counts from the end.
 * @returns The joined tensor.
 * @throws OptError `shape` or `dtype` when the tensors do not fit.
 *
 * @example
 * ```ts
 * import { concatenate, tensor } from "@opt/core";
 *
 * concatenate([tensor([1, 2]), tensor([3])], 0).readSync(); // [1, 2, 3]
 * ```
 */
export function concatenate(tensors: readonly Tensor[], axis: number): Tensor {
  const operands = tensors.map((tensor) => onDevice(tensor));
  const [first] = operands;
  if (first === undefined) return fail("shape", "concatenate(tensors, axis): needs at least one tensor.");
  const [resolved = 0] = resolveAxes("concatenate", first.shape, axis);
  return operands.length === 1 ? first : apply({ name: "concatenate", axis: resolved }, operands);
}

/** Repeats a tensor to a shape by NumPy's broadcasting rules. */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  return expand(asTensor("broadcastTo", x), checkShape("broadcastTo", shape));
}
