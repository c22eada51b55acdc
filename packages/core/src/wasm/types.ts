/** A WebAssembly value type. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** The shape of the vectors that hold floating-point numbers. */
export type FloatLanes = "f32x4" | "f64x2";

/** A parameter or local variable of one function under construction. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** Parameter and result types of a function. */
export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A function of the module under construction. */
export type FunctionIndex = number;

/** An operand: a local to read, an i32 constant, or a function that writes code leaving one value on the stack. */
export type Operand = Local | number | (() => void);

/** Binary codes of the value types. */
export const valueTypeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
