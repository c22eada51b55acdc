import type { Key } from "@opt/core";
import { symmetricEigen } from "../dense-eigenvalues.ts";
import { eigenvaluesOf } from "../spectrum/lanczos.ts";

/** What is known of the signs of a spectrum. */
export interface Signature {
  readonly smallest: number;
  readonly largest: number;
  /** The number of eigenvalues that count as negative. */
  readonly negative: number;
  readonly negativeIs: "exact" | "at-least";
  /** The number of eigenvalues that count as zero; undefined where nobody counted. */
  readonly nullity: number | undefined;
  readonly method: "dense" | "lanczos";
  /** Below this, an eigenvalue counts as zero. */
  readonly limit: number;
  /** Why the spectrum is not known, if so. */
  readonly problem?: string;
}

function unknownSignature(method: "dense" | "lanczos", problem: string): Signature {
  return { smallest: Number.NaN, largest: Number.NaN, negative: 0, negativeIs: "at-least", nullity: undefined, method, limit: Number.NaN, problem };
}

/** The signature of a symmetric matrix, given row by row. */
export function denseSignature(elements: ArrayLike<number>, size: number, zeroTolerance: number): Signature {
  if (!Array.from(elements).every(Number.isFinite)) return unknownSignature("dense", "the Hessian holds infinite or NaN elements");
  const { values } = symmetricEigen(size, (row, column) => elements[row * size + column]!);
  const [smallest, largest] = [values[0]!, values[size - 1]!];
  const limit = zeroTolerance * Math.max(Math.abs(smallest), Math.abs(largest));
  const negative = values.filter((value) => value < -limit).length;
  const nullity = values.filter((value) => Math.abs(value) <= limit).length;
  return { smallest, largest, negative, negativeIs: "exact", nullity, method: "dense", limit };
}

/** How a signature is found from products alone. */
export interface LanczosSettings {
  readonly size: number;
  readonly tolerance: number;
  readonly zeroTolerance: number;
  readonly countUpTo: number;
  readonly key: Key;
}

/** The signature of a symmetric matrix that is known by its products: first both ends, then the negative eigenvalues one by one. */
export function lanczosSignature(where: string, product: (vector: Float64Array) => Float64Array, { size, tolerance, zeroTolerance, countUpTo, key }: LanczosSettings): Signature {
  const ends = eigenvaluesOf(where, product, size, { key }, tolerance);
  const { largest: [high], smallest: [low] } = ends;
  const problem = ends.message.replace(/\.$/, "");
  if (high === undefined || low === undefined) return unknownSignature("lanczos", problem);
  const limit = zeroTolerance * Math.max(Math.abs(low.value), Math.abs(high.value));
  const converged = ends.status === "converged";
  const known = { smallest: low.value, largest: high.value, nullity: undefined, method: "lanczos", limit, ...(!converged && { problem }) } as const;
  if (low.value >= -limit) return { ...known, negative: 0, negativeIs: converged ? "exact" : "at-least" };
  if (converged && high.value < -limit) return { ...known, negative: size, negativeIs: "exact" };
  if (countUpTo === 1) return { ...known, negative: 1, negativeIs: "at-least" };
  const count = Math.min(countUpTo, size);
  const lowest = eigenvaluesOf(where, product, size, { key, largest: 0, smallest: count }, tolerance);
  const negative = lowest.smallest.filter(({ value }) => value < -limit).length;
  return { ...known, negative, negativeIs: negative < count && lowest.status === "converged" ? "exact" : "at-least" };
}
