import type { IndexMap, KernelValue, MatrixOperand } from "../../compile/kernel.ts";

/** Element types that a GPU buffer holds; predicates are stored as i32 zeros and ones. */
export type DeviceDType = "f32" | "i32";

/** What a buffer is to the plan. */
export type DevicePlace =
  | { readonly kind: "input"; readonly input: number }
  /** What an input becomes: the next state of a donated argument. */
  | { readonly kind: "updated"; readonly input: number }
  | { readonly kind: "output"; readonly output: number }
  | { readonly kind: "temporary" };

/** A buffer that exists before the program runs, or that exactly one kernel writes: no kernel overwrites what it reads. */
export interface ProgramBuffer {
  readonly dtype: DeviceDType;
  readonly length: number;
  readonly place: DevicePlace;
}

interface KernelCommon {
  /** The buffer that it writes, all of it, in row-major order of its axes that are not reduced. */
  readonly output: number;
  /** The primitives in it, for `explain`. */
  readonly fused: readonly string[];
}

/**
 * Computes one value for each element of its output. Of `values` at most one is a `reduce`, over all axes flagged in `reduced`;
 * values that use it are computed after it.
 */
export interface ElementKernel extends KernelCommon {
  readonly kind: "elements";
  readonly extents: readonly number[];
  readonly reduced: readonly boolean[];
  readonly values: readonly KernelValue[];
  readonly result: number;
}

/** `output[m, n] = Σ_k a[m, k] · b[k, n]`. */
export interface ProductKernel extends KernelCommon {
  readonly kind: "product";
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly a: MatrixOperand;
  readonly b: MatrixOperand;
  /** What is made of each element before it is written, with `product` as a value; the axes are those of the product. */
  readonly finish?: { readonly extents: readonly number[]; readonly values: readonly KernelValue[]; readonly result: number };
}

export type DeviceKernel = ElementKernel | ProductKernel;

/** A plan as kernels with one output each, as GPU threads can run them: every thread computes elements from their numbers. */
export interface DeviceProgram {
  readonly buffers: readonly ProgramBuffer[];
  readonly kernels: readonly DeviceKernel[];
  /** For each plan input, the buffer that holds it after the run; its own where it is not updated. */
  readonly after: readonly number[];
}

/** The strides of a dense row-major array over those axes of a kernel's loops that are flagged. */
export function denseStrides(extents: readonly number[], counts: readonly boolean[]): number[] {
  const strides = new Array<number>(extents.length).fill(0);
  let stride = 1;
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    if (counts[axis] !== true) continue;
    strides[axis] = stride;
    stride *= extents[axis] ?? 1;
  }
  return strides;
}

/** Whether two walks visit the same elements, axes of length 1 aside. */
export function sameWalk(a: IndexMap, b: IndexMap, extents: readonly number[]): boolean {
  return a.offset === b.offset && extents.every((extent, axis) => extent === 1 || a.strides[axis] === b.strides[axis]);
}
