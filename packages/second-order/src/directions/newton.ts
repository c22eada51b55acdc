import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import { choleskySolve, symmetricSolve } from "../linear-algebra.ts";
import type { Direction, Proposal } from "../protocols.ts";
import { allFinite, maximumNorm, negated } from "../vectors.ts";

/** Options of {@link newton}. */
export interface NewtonOptions {
  /**
   * What is added to the diagonal: α ≥ 0, or `"automatic"`: nothing while the Hessian is positive definite, else as much as it
   * takes. Default 0.
   */
  readonly regularization?: number | "automatic";
}

/** The state of {@link newton}: the α that the last step used. */
export type NewtonState = { readonly regularization: number };

/** The proposal for a Hessian with infinite or NaN elements. */
export function nonFiniteHessian(name: string): Proposal<never> {
  return { kind: "fail", reason: "non-finite", message: `the Hessian that ${name} needs has infinite or NaN elements. Check the function's second derivatives there, or start elsewhere.` };
}

/**
 * The least α of a growing sequence for which `H + αI` is positive definite, starting from a quarter of the last one, and the
 * solution with it.
 */
function regularized(hessian: Float64Array, gradient: Float64Array, last: number): { solution: Float64Array; alpha: number } | undefined {
  const n = gradient.length;
  const plain = choleskySolve(hessian, 0, gradient);
  if (plain !== undefined) return { solution: plain, alpha: 0 };
  const scale = maximumNorm(hessian) || 1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) least = Math.min(least, hessian[i * n + i]!);
  // The diagonal bounds the smallest eigenvalue from above: less than this cannot do.
  let alpha = Math.max(least > 0 ? 0 : 1e-3 * scale - least, last / 4, 1e-3 * scale);
  for (let attempt = 0; attempt < 60; attempt++) {
    const solution = choleskySolve(hessian, alpha, gradient);
    if (solution !== undefined) return { solution, alpha };
    alpha *= 4;
  }
  return undefined;
}

/**
 * Newton's direction: `d = −(H + αI)⁻¹ g`.
 *
 * With α = 0 and `fixedStep(1)` it is the book's Algorithm 8.8: one step minimizes a quadratic, and the method is drawn to
 * saddle points and maxima as much as to minima. With `"automatic"` α stays 0 while Cholesky's factorization shows H to be
 * positive definite; elsewhere it grows by factors of 4 until H + αI is, and the next such search starts at a quarter of it, so
 * that every direction descends. It costs one Hessian and n³/3 operations for each step: for n up to some hundreds.
 *
 * @param options - The regularization α.
 * @returns The direction; it needs the Hessian.
 * @throws OptError `option` for a negative α or an unknown name.
 *
 * @example
 * ```ts
 * import { backtracking, minimize, newton } from "@opt/second-order";
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const quartic = (x: Tensor) => x.sub(2).pow(4).add(x.mul(x)).sum();
 * const method = { direction: newton({ regularization: "automatic" }), search: backtracking() };
 * minimize(quartic, tensor([10], { dtype: "f64" }), { method }).x.readSync(); // [1.165]
 * ```
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.8 and equation 8.28.
 * @see Nocedal and Wright, "Numerical optimization", 2006, Algorithm 3.3.
 */
export function newton(options: NewtonOptions = {}): Direction<NewtonState> {
  checkOptions("newton", options, ["regularization"]);
  const { regularization = 0 } = options;
  if (regularization !== "automatic") {
    if (typeof regularization !== "number") fail("option", `newton({ regularization }): must be a number ≥ 0 or "automatic"; got ${describeValue(regularization)}.`);
    checkNumber("newton", "regularization", regularization, { min: 0 });
  }
  return {
    name: "newton",
    needs: "hessian",
    init: () => ({ regularization: 0 }),
    propose(state, at, { curvature }): Proposal<NewtonState> {
      const hessian = curvature.hessian(at.x);
      if (!allFinite(hessian)) return nonFiniteHessian("newton");
      if (regularization === "automatic") {
        const found = regularized(hessian, at.gradient, state.regularization);
        if (found !== undefined) return { kind: "go", direction: negated(found.solution), state: { regularization: found.alpha } };
      } else {
        const solution = symmetricSolve(hessian, regularization, at.gradient);
        if (solution !== undefined) return { kind: "go", direction: negated(solution), state: { regularization } };
      }
      return { kind: "fail", reason: "singular", message: 'the Hessian is singular, so that Newton\'s equation has no solution. Use newton({ regularization: "automatic" }) or saddleFreeNewton().' };
    },
  };
}
