import type { Key } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";

/** Options of {@link lanczos} and {@link hessianEigenvalues}. */
export interface EigenvaluesOptions {
  /** How many of the largest eigenvalues, an integer ≥ 0. Default 1. */
  readonly largest?: number;
  /** How many of the smallest (most negative) eigenvalues, an integer ≥ 0. Default 1. */
  readonly smallest?: number;
  /** The largest residual `‖Hv − λv‖₂` relative to the largest |λ|, > 0. Default 1e-8, or 1e-4 for f32 parameters. */
  readonly tolerance?: number;
  /** The most products with the matrix before the search gives up, ≥ 1. Default 500. */
  readonly maxProducts?: number;
  /**
   * How many vectors are held at once, at least `largest + smallest + 2`; more need fewer products. Default 200, or as many as fit into
   * 256 MiB, but no fewer than `40 + 2 (largest + smallest)`.
   */
  readonly basisSize?: number;
  /** Whether the eigenvectors are returned. Default false. */
  readonly vectors?: boolean;
  /** Where the random start vectors come from. Default `key(0)`. */
  readonly key?: Key;
}

/** An eigenvalue with what is known about it. */
export interface Eigenpair<Vector> {
  readonly value: number;
  /** `‖Hv − λv‖₂` as measured: an eigenvalue lies within this distance. */
  readonly residual: number;
  /** The unit eigenvector, if `vectors` was set. */
  readonly vector?: Vector;
}

/**
 * How a search for eigenvalues ended: `converged`; `max-products`: the products ran out; `inexact`: the products are not exact enough for the
 * tolerance; `non-finite`: a product was infinite or NaN.
 */
export type EigenvaluesStatus = "converged" | "max-products" | "inexact" | "non-finite";

/** The ends of a spectrum. */
export interface Eigenvalues<Vector = Float64Array> {
  /** The largest eigenvalues, in descending order. */
  readonly largest: readonly Eigenpair<Vector>[];
  /** The smallest eigenvalues, in ascending order. */
  readonly smallest: readonly Eigenpair<Vector>[];
  /** How many products with the matrix it took. */
  readonly products: number;
  readonly status: EigenvaluesStatus;
  /** The status as a sentence, with what to try. */
  readonly message: string;
}

/** The names of {@link EigenvaluesOptions}. */
const optionNames = ["largest", "smallest", "tolerance", "maxProducts", "basisSize", "vectors", "key"];

/** Checks everything in the options that does not depend on the matrix, and with its dimension the rest. */
export function checkEigenvaluesOptions(where: string, options: EigenvaluesOptions, dimension?: number): void {
  checkOptions(where, options, optionNames);
  const { largest = 1, smallest = 1, tolerance = 1, maxProducts = 1, basisSize, vectors = false } = options;
  checkNumber(where, "largest", largest, { min: 0, integer: true });
  checkNumber(where, "smallest", smallest, { min: 0, integer: true });
  if (largest + smallest === 0) fail("option", `${where}({ largest, smallest }): at least one eigenvalue must be wanted; got 0 and 0.`);
  checkNumber(where, "tolerance", tolerance, { above: 0 });
  checkNumber(where, "maxProducts", maxProducts, { min: 1, integer: true });
  if (basisSize !== undefined) checkNumber(where, "basisSize", basisSize, { min: largest + smallest + 2, integer: true });
  if (typeof vectors !== "boolean") fail("option", `${where}({ vectors }): must be true or false; got ${describeValue(vectors)}.`);
  if (dimension === undefined) return;
  for (const [name, count] of Object.entries({ largest, smallest })) {
    if (count > dimension) fail("option", `${where}({ ${name} }): must be at most the dimension ${String(dimension)}; got ${String(count)}.`);
  }
}
