import { fail } from "../errors.ts";
import { apply } from "../graph/apply.ts";
import { describeValue } from "../options.ts";
import type { DType, TypedArray } from "../tensor/dtype.ts";
import { dtypeOf, makeArray } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { checkShape, showShape, sizeOf } from "../tensor/shape.ts";
import { arrayStorage } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { literal } from "./operands.ts";

/** Numbers nested in arrays to any depth. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** Options of {@link tensor}. */
export interface TensorOptions {
  /** Default: the nesting's lengths, or one axis for a typed array. */
  readonly shape?: Shape;
  /** Default: the typed array's own, else `f32`. */
  readonly dtype?: Exclude<DType, "bool">;
}

/** Options of the functions that make tensors. */
export interface DTypeOptions {
  /** Default `f32`. */
  readonly dtype?: Exclude<DType, "bool">;
}

function isTypedArray(data: unknown): data is TypedArray {
  return data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array;
}

function nestedShape(data: NestedNumbers): number[] {
  const shape: number[] = [];
  let level: NestedNumbers | undefined = data;
  // What is neither array nor number is reported when the elements are copied.
  while (Array.isArray(level)) {
    const rows = level as readonly NestedNumbers[];
    shape.push(rows.length);
    level = rows[0];
  }
  return shape;
}

function fillNested(data: NestedNumbers, shape: Shape, depth: number, into: TypedArray, from: number): number {
  if (typeof data === "number") {
    if (depth !== shape.length) fail("shape", `tensor(data): rows have different depths; expected shape ${showShape(shape)}.`);
    into[from] = data;
    return from + 1;
  }
  if (!Array.isArray(data)) fail("dtype", `tensor(data): elements are numbers; got ${describeValue(data)}.`);
  if (data.length !== shape[depth]) fail("shape", `tensor(data): rows have different lengths; expected shape ${showShape(shape)}.`);
  let position = from;
  for (const item of data as readonly NestedNumbers[]) position = fillNested(item, shape, depth + 1, into, position);
  return position;
}

/** Copies numbers into a dtype's array; whole numbers only for i32. */
function convert(data: ArrayLike<number>, dtype: DType): TypedArray {
  const array = makeArray(dtype, data.length);
  array.set(data);
  if (dtype === "i32") {
    for (let index = 0; index < data.length; index++) {
      if (array[index] === data[index]) continue;
      fail("dtype", `tensor(data, { dtype: "i32" }): element ${String(index)} is ${String(data[index])}, which is not a 32-bit integer.`);
    }
  }
  return array;
}

/**
 * Makes a tensor from a number, nested arrays or a typed array. The elements are copied, so later changes to `data` do not
 * show.
 *
 * @param data - Numbers. A `Float64Array` gives f64, an `Int32Array` i32, everything else f32, unless `dtype` says otherwise.
 * @param options - `shape` and `dtype`.
 * @returns The tensor.
 * @throws OptError `shape` when rows differ in length or the shape does not hold the elements; `dtype` for fractions in i32.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 *
 * tensor([[1, 2, 3], [4, 5, 6]]).shape; // [2, 3]
 * tensor(new Float32Array(6), { shape: [2, 3] }).shape; // [2, 3]
 * ```
 */
export function tensor(data: NestedNumbers | TypedArray, options: TensorOptions = {}): Tensor {
  let elements: TypedArray;
  let shape: Shape;
  if (isTypedArray(data)) {
    const dtype = options.dtype ?? dtypeOf(data);
    elements = dtype === dtypeOf(data) ? data.slice() : convert(data, dtype);
    shape = [data.length];
  } else {
    shape = nestedShape(data);
    const numbers = new Float64Array(sizeOf(shape));
    fillNested(data, shape, 0, numbers, 0);
    elements = convert(numbers, options.dtype ?? "f32");
  }
  const wanted = options.shape ?? shape;
  return fromArray(elements, checkShape("tensor({ shape })", wanted));
}

/**
 * Wraps a typed array without copying it; the caller promises not to change it afterwards. For data loaders.
 *
 * @param elements - The elements in row-major order; they belong to the tensor from now on.
 * @param shape - The shape that holds exactly these elements.
 * @returns The tensor.
 * @throws OptError `shape` when the number of elements differs.
 */
export function fromArray(elements: TypedArray, shape: Shape): Tensor {
  if (sizeOf(shape) !== elements.length) {
    fail("shape", `tensor({ shape: ${showShape(shape)} }): holds ${String(sizeOf(shape))} elements; got ${String(elements.length)}.`);
  }
  const dtype = dtypeOf(elements);
  return new Tensor({ name: "data" }, [], shape, dtype, arrayStorage(dtype, elements));
}

/** A tensor with every element equal to `value`. */
export function full(shape: Shape, value: number, options: DTypeOptions = {}): Tensor {
  return literal("full", value, options.dtype ?? "f32", checkShape("full", shape));
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: DTypeOptions = {}): Tensor {
  return full(shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options: DTypeOptions = {}): Tensor {
  return full(shape, 1, options);
}

/** A tensor of equal elements with the shape and dtype of another. */
export function fullLike(like: Tensor, value: number): Tensor {
  return literal("fullLike", value, like.dtype, like.shape);
}

/** Zeros with the shape and dtype of another tensor. */
export function zerosLike(like: Tensor): Tensor {
  return fullLike(like, 0);
}

/** Ones with the shape and dtype of another tensor. */
export function onesLike(like: Tensor): Tensor {
  return fullLike(like, 1);
}

/** The index along one axis: `iota([2, 3], 1)` is `[[0, 1, 2], [0, 1, 2]]`. */
export function iota(shape: Shape, axis: number, options: DTypeOptions = {}): Tensor {
  checkShape("iota", shape);
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    fail("shape", `iota: axis ${String(axis)} does not exist in shape ${showShape(shape)}.`);
  }
  return apply({ name: "iota", shape, axis, dtype: options.dtype ?? "i32" });
}
