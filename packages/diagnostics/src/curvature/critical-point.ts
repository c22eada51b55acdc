import type { Key, Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, compile, grad, hessian, hvp, key as keyOf } from "@opt/core";
import { checkFunction } from "../checks.ts";
import { layoutOf } from "../layout.ts";
import { short } from "../numbers.ts";
import { norm } from "../vectors.ts";
import type { Signature } from "./signature.ts";
import { denseSignature, lanczosSignature } from "./signature.ts";

/** Options of {@link criticalPoint}. */
export interface CriticalPointOptions {
  /** The point counts as critical when `‖g‖₂` is at most this, ≥ 0. Default 1e-6, or 1e-4 for f32 parameters. */
  readonly gradientTolerance?: number;
  /** An eigenvalue counts as zero when |λ| is at most this times the largest |λ|, in (0, 1). Default 1e-8, or 1e-4 for f32 parameters. */
  readonly zeroTolerance?: number;
  /** Up to so many parameters the whole Hessian is formed, an integer ≥ 0; beyond, Lanczos finds its ends. Default 200. */
  readonly denseUpTo?: number;
  /** Beyond `denseUpTo`, at critical points: how many negative eigenvalues are counted at most, an integer ≥ 1. Default 10. */
  readonly countUpTo?: number;
  /** Where Lanczos's start vectors come from. Default `key(0)`. */
  readonly key?: Key;
}

/**
 * What a point is: `minimum`, `maximum`, `saddle` by the signs of the Hessian's eigenvalues; `degenerate`: zero eigenvalues and no two
 * signs, so that second derivatives cannot tell; `not-critical`: the gradient is not zero; `unknown`: the eigenvalues could not be found.
 */
export type CriticalPointKind = "minimum" | "maximum" | "saddle" | "degenerate" | "not-critical" | "unknown";

/** The nature of a point of a loss. */
export interface CriticalPoint {
  readonly kind: CriticalPointKind;
  /** The number of negative eigenvalues: of directions that lead down. */
  readonly index: number;
  /** Whether `index` is exact, or at least so large because counting ended there. */
  readonly indexIs: "exact" | "at-least";
  /** The number of eigenvalues that count as zero; undefined where the Hessian was not formed. */
  readonly nullity: number | undefined;
  readonly gradientNorm: number;
  readonly smallestEigenvalue: number;
  readonly largestEigenvalue: number;
  /** How the eigenvalues were found. */
  readonly method: "dense" | "lanczos";
  /** The kind as a sentence. */
  readonly message: string;
}

function kindOf({ smallest, largest, limit, problem }: Signature): CriticalPointKind {
  // Ritz values lie inside the spectrum, so two signs are certain even where the search did not end well.
  if (smallest < -limit && largest > limit) return "saddle";
  if (problem !== undefined) return "unknown";
  if (smallest > limit) return "minimum";
  return largest < -limit ? "maximum" : "degenerate";
}

function describeKind(kind: CriticalPointKind, signature: Signature, gradientNorm: number): string {
  const { smallest, largest, negative, negativeIs, nullity, problem } = signature;
  const range = `the Hessian's eigenvalues lie between ${short(smallest)} and ${short(largest)}`;
  const index = `${negativeIs === "exact" ? "" : "at least "}${String(negative)}`;
  switch (kind) {
    case "minimum":
      return `a minimum: ${range}.`;
    case "maximum":
      return `a maximum: ${range}.`;
    case "saddle":
      return `a saddle point of index ${index}: ${range}. Newton's method is drawn to it; gradient descent, or saddle-free Newton, leaves it along a negative direction.`;
    case "degenerate":
      return `degenerate: ${range}, and ${nullity === undefined ? "some" : String(nullity)} of them count as zero, so second derivatives cannot tell a minimum from a saddle.`;
    case "not-critical":
      return `not a critical point: the gradient's norm is ${short(gradientNorm)}. There, ${range}, of which ${index} count as negative.`;
    case "unknown":
      return `unknown: ${problem ?? ""}.`;
  }
}

/**
 * Tells minima, maxima and saddle points apart by the signs of the Hessian's eigenvalues, and counts the directions that lead down
 * (the index).
 *
 * Up to `denseUpTo` parameters the Hessian is formed and all its eigenvalues are computed; beyond, {@link lanczos} finds the largest and
 * the smallest, and at a critical point negative ones up to `countUpTo`.
 *
 * @param loss - A function `(params, ...rest)` that returns a rank-0 tensor; it is compiled once.
 * @param options - What counts as zero, and where the Hessian is formed. See {@link CriticalPointOptions}.
 * @returns A function of `(params, ...rest)` that returns the {@link CriticalPoint}.
 * @throws OptError `option` for bad options; the function throws `dtype` or `tree` for parameters that are not of one floating-point
 * dtype.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { criticalPoint } from "@opt/diagnostics";
 *
 * const saddle = (x: Tensor) => x.mul(x).mul(tensor([1, -1, -2], { dtype: "f64" })).sum();
 * const { kind, index } = criticalPoint(saddle)(tensor([0, 0, 0], { dtype: "f64" }));
 * kind; // "saddle"
 * index; // 2
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, sections 4.3.1 and 8.2.3; Dauphin et al., "Identifying and attacking the saddle
 * point problem in high-dimensional non-convex optimization", 2014.
 */
export function criticalPoint<P extends TensorTree, Rest extends readonly unknown[]>(
  loss: (params: P, ...rest: Rest) => Tensor,
  options: CriticalPointOptions = {},
): (params: P, ...rest: Rest) => CriticalPoint {
  checkFunction("criticalPoint", "loss", loss, "(params, ...rest) => tensor");
  checkOptions("criticalPoint", options, ["gradientTolerance", "zeroTolerance", "denseUpTo", "countUpTo", "key"]);
  const { denseUpTo = 200, countUpTo = 10, key = keyOf(0) } = options;
  checkNumber("criticalPoint", "gradientTolerance", options.gradientTolerance ?? 0, { min: 0 });
  checkNumber("criticalPoint", "zeroTolerance", options.zeroTolerance ?? 1e-8, { above: 0, below: 1 });
  checkNumber("criticalPoint", "denseUpTo", denseUpTo, { min: 0, integer: true });
  checkNumber("criticalPoint", "countUpTo", countUpTo, { min: 1, integer: true });
  const gradient = compile(grad(loss), { donate: [] });
  const product = compile(hvp(loss), { donate: [] });
  const matrix = hessian(loss);
  return (params, ...rest) => {
    const { size, dtype, pack, unpack } = layoutOf("criticalPoint", params);
    const single = dtype === "f32";
    const { gradientTolerance = single ? 1e-4 : 1e-6, zeroTolerance = single ? 1e-4 : 1e-8 } = options;
    const gradientNorm = norm(pack(gradient(params, ...rest)));
    const multiply = (vector: Float64Array): Float64Array => pack(product(params, unpack(vector), ...rest));
    const critical = gradientNorm <= gradientTolerance;
    const signature =
      size <= denseUpTo
        ? denseSignature(matrix(params, ...rest).readSync(), size, zeroTolerance)
        : lanczosSignature("criticalPoint", multiply, { size, tolerance: single ? 1e-4 : 1e-8, zeroTolerance, countUpTo: critical ? countUpTo : 1, key });
    const kind = critical || Number.isNaN(gradientNorm) ? kindOf(signature) : "not-critical";
    return {
      kind,
      index: signature.negative,
      indexIs: signature.negativeIs,
      nullity: signature.nullity,
      gradientNorm,
      smallestEigenvalue: signature.smallest,
      largestEigenvalue: signature.largest,
      method: signature.method,
      message: describeKind(kind, signature, gradientNorm),
    };
  };
}
