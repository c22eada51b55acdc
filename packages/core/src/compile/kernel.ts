import type { BinaryName, UnaryName } from "../graph/primitives.ts";
import type { DType } from "../tensor/dtype.ts";

/**
 * Where a kernel finds an element: `offset + Σ strides[axis] · index[axis]`, in elements, over the axes of the kernel's
 * loops. Affine, so that a loop can step through it and a GPU thread can compute it from its number.
 */
export interface IndexMap {
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The functions that a kernel computes element by element. */
export type ElementFunction = UnaryName | BinaryName | "where" | "cast";

/**
 * One value of a kernel's body. Values are numbered; operands come before their users. A value depends on the loop axes that
 * its loads have strides along; a `reduce` no longer depends on the reduced axes.
 */
export type KernelValue =
  | { readonly kind: "load"; readonly buffer: number; readonly index: IndexMap; readonly dtype: DType }
  | { readonly kind: "constant"; readonly value: number; readonly dtype: DType }
  | { readonly kind: "argument"; readonly argument: number; readonly dtype: DType }
  | { readonly kind: "iota"; readonly index: IndexMap; readonly dtype: DType }
  | { readonly kind: "random"; readonly index: IndexMap; readonly stream: number; readonly keys: readonly [number, number]; readonly dtype: DType }
  | { readonly kind: "function"; readonly name: ElementFunction; readonly operands: readonly number[]; readonly dtype: DType }
  | { readonly kind: "reduce"; readonly name: "sum" | "max"; readonly operand: number; readonly dtype: DType }
  | { readonly kind: "product"; readonly dtype: DType };

/** Writes one value into a buffer. */
export interface KernelStore {
  readonly buffer: number;
  readonly value: number;
  readonly index: IndexMap;
}

/** What every kernel has: loop axes, outermost first, and a body. */
interface KernelBody {
  readonly extents: readonly number[];
  readonly values: readonly KernelValue[];
  readonly stores: readonly KernelStore[];
  /** The primitives that were fused into it, in order, for `explain`. */
  readonly fused: readonly string[];
}

/**
 * Loops over `extents`. Axes flagged in `reduced` are those that `reduce` values run over; a store either depends on them
 * (and then writes one element for each of their indices) or comes after them.
 */
export interface LoopKernel extends KernelBody {
  readonly kind: "loop";
  readonly reduced: readonly boolean[];
}

/** One operand of a matrix product: a dense row-major buffer, read transposed or not. */
export interface MatrixOperand {
  readonly buffer: number;
  readonly transposed: boolean;
}

/** `product[m, n] = Σ_k a[m, k] · b[k, n]`; the body then computes what is stored from the value of kind `product`. */
export interface MatmulKernel extends KernelBody {
  readonly kind: "matmul";
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly dtype: DType;
  readonly a: MatrixOperand;
  readonly b: MatrixOperand;
}

export type Kernel = LoopKernel | MatmulKernel;
