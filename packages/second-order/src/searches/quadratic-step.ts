import type { Search } from "../protocols.ts";

/**
 * The exact minimum along the line in closed form, for quadratic functions: `ε* = −gᵀd / dᵀHd`.
 *
 * With `steepest()` it is the book's `gᵀg / gᵀHg` (equation 4.10), with `conjugateGradient()` the linear method of conjugate
 * gradients. It needs Hessian-vector products, which tensor functions have. It fails where the function curves downward
 * along the line, and where the step raises the value: then the function is not quadratic, and another search is called for.
 *
 * @returns The search.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { conjugateGradient, minimize, quadraticStep } from "@opt/second-order";
 *
 * const bowl = (x: Tensor) => x.mul(x).mul(tensor([1, 10], { dtype: "f64" })).sum();
 * const method = { direction: conjugateGradient(), search: quadraticStep() };
 * minimize(bowl, tensor([1, 1], { dtype: "f64" }), { method }).steps; // 2
 * ```
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, equation 4.10.
 */
export function quadraticStep(): Search<null> {
  return {
    name: "quadraticStep",
    needs: "hessian-vector",
    gives: "wolfe",
    evaluates: "value-and-gradient",
    start(line) {
      const curvature = line.curvatureAlong();
      if (Number.isNaN(curvature)) return { kind: "fail", reason: "non-finite" };
      return curvature > 0 ? { kind: "try", step: -line.slope / curvature, state: null } : { kind: "fail", reason: "negative-curvature" };
    },
    next(_state, trial, line) {
      if (!trial.finite) return { kind: "fail", reason: "non-finite" };
      return trial.value <= line.value + line.noise ? { kind: "accept", trial } : { kind: "fail", reason: "no-decrease" };
    },
  };
}
