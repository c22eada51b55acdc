/**
 * Element types. `f32` is the default, `f64` is for deterministic second-order work, `i32` for labels and counters;
 * `bool` is a predicate that lives inside kernels and reads as `i32` zeros and ones.
 */
export type DType = "f32" | "f64" | "i32" | "bool";

/** The floating-point element types. */
export type FloatDType = "f32" | "f64";

/** The typed arrays that tensors are made from and read into. */
export type TypedArray = Float32Array | Float64Array | Int32Array;

/** Bytes of one stored element. */
export const itemSize: Readonly<Record<DType, number>> = { f32: 4, f64: 8, i32: 4, bool: 4 };

/** Makes a zeroed typed array that stores elements of a dtype. */
export function makeArray(dtype: DType, length: number): TypedArray {
  if (dtype === "f32") return new Float32Array(length);
  if (dtype === "f64") return new Float64Array(length);
  return new Int32Array(length);
}

/** The dtype whose elements a typed array holds. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return "f32";
  if (array instanceof Float64Array) return "f64";
  return "i32";
}

/** Whether a dtype is a floating-point type. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === "f32" || dtype === "f64";
}
