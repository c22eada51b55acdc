import type { Key, Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, compile, foldIn, hvp, key as keyOf, less, onesLike, randomUniform, splitKey, treeDot, treeFlatten, treeUnflatten, where } from "@opt/core";
import { checkFunction, checkParams } from "../checks.ts";
import { short } from "../numbers.ts";

/** Options of {@link hessianTrace}. */
export interface HessianTraceOptions {
  /** How many random directions, an integer ≥ 2. Default 100. */
  readonly samples?: number;
  /** Where they come from. Default `key(0)`. */
  readonly key?: Key;
}

/** An estimate of a trace. */
export interface HessianTrace {
  /** The mean of `zᵀHz`: an unbiased estimate of `tr(H)`, the sum of the eigenvalues. */
  readonly trace: number;
  /** The standard error of the mean, `s/√m`; 0 where the Hessian is diagonal. */
  readonly standardError: number;
  readonly samples: number;
  readonly status: "estimated" | "non-finite";
  /** The status as a sentence. */
  readonly message: string;
}

/** A tree of random signs, −1 and 1 with equal probability. */
function randomSigns<P extends TensorTree>(randomKey: Key, params: P): P {
  const { leaves, structure } = treeFlatten(params);
  const keys = splitKey(randomKey, leaves.length);
  const signs = (leaves as Tensor[]).map((leaf, index) => {
    const dtype = leaf.dtype === "f64" ? "f64" : "f32";
    return where(less(randomUniform(keys[index]!, leaf.shape, { dtype }), 0.5), onesLike(leaf), -1);
  });
  // Every leaf is replaced by one of its shape and dtype.
  return treeUnflatten(structure, signs) as P;
}

/**
 * The trace of a loss's Hessian by Hutchinson's estimator: `tr(H) ≈ (1/m) Σ zᵢᵀ H zᵢ` with random signs z.
 *
 * Divided by the number of parameters it is the mean curvature, which is what stochastic gradient descent feels; the largest
 * eigenvalue says nothing about it. The error falls as `1/√m`, and only off-diagonal elements contribute to it.
 *
 * @param loss - A function `(params, ...rest)` that returns a rank-0 tensor; it is compiled once.
 * @param options - The number of samples and the key.
 * @returns A function of `(params, ...rest)` that returns the {@link HessianTrace}.
 * @throws OptError `option` for bad options; the function throws `dtype` or `tree` for parameters that are not of one floating-point
 * dtype.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { hessianTrace } from "@opt/diagnostics";
 *
 * const loss = (x: Tensor) => x.mul(x).mul(tensor([1, 2, 3])).sum();
 * const { trace, standardError } = hessianTrace(loss)(tensor([1, 1, 1]));
 * trace; // 12
 * standardError; // 0
 * ```
 *
 * @see Hutchinson, "A stochastic estimator of the trace of the influence matrix for Laplacian smoothing splines", 1989.
 */
export function hessianTrace<P extends TensorTree, Rest extends readonly unknown[]>(
  loss: (params: P, ...rest: Rest) => Tensor,
  options: HessianTraceOptions = {},
): (params: P, ...rest: Rest) => HessianTrace {
  checkFunction("hessianTrace", "loss", loss, "(params, ...rest) => tensor");
  checkOptions("hessianTrace", options, ["samples", "key"]);
  const { samples = 100, key = keyOf(0) } = options;
  checkNumber("hessianTrace", "samples", samples, { min: 2, integer: true });
  const sample = compile(
    (randomKey: Key, params: P, ...rest: Rest): Tensor => {
      const direction = randomSigns(randomKey, params);
      return treeDot(direction, hvp(loss)(params, direction, ...rest));
    },
    { donate: [] },
  );
  return (params, ...rest) => {
    checkParams("hessianTrace", "params", params);
    const values = Array.from({ length: samples }, (_, index) => sample(foldIn(key, index), params, ...rest).item());
    const trace = values.reduce((total, value) => total + value, 0) / samples;
    const variance = values.reduce((total, value) => total + (value - trace) ** 2, 0) / (samples - 1);
    const standardError = Math.sqrt(variance / samples);
    if (!Number.isFinite(trace)) {
      return { trace, standardError, samples, status: "non-finite", message: "a product with the Hessian holds an infinite or NaN element. Look at the parameters and the loss there." };
    }
    return { trace, standardError, samples, status: "estimated", message: `the trace is ${short(trace)} ± ${short(standardError)} (one standard error of ${String(samples)} samples).` };
  };
}
