import { checkNumber, checkOptions } from "@opt/core";
import { symmetricEigen } from "../linear-algebra.ts";
import type { Direction, Proposal } from "../protocols.ts";
import { addScaled, allFinite, dot } from "../vectors.ts";
import { nonFiniteHessian } from "./newton.ts";

/** Options of {@link saddleFreeNewton}. */
export interface SaddleFreeNewtonOptions {
  /** The least |λ| that is divided by, as a share of the largest, in (0, 1). Default 1e-12, about what rounding leaves of a 0. */
  readonly floor?: number;
}

/**
 * Newton's direction with the absolute values of the curvatures: `d = −|H|⁻¹ g`, `|H| = Σ |λᵢ| vᵢ vᵢᵀ`.
 *
 * Along directions of negative curvature it goes away from the saddle point, as far as Newton's method would go towards it.
 * It costs one Hessian and an eigendecomposition, some 10 n³ operations, for each step: for n up to a few hundreds.
 *
 * @param options - The floor under the curvatures.
 * @returns The direction; it needs the Hessian and always descends.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { minimize, saddleFreeNewton, backtracking } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const saddle: PlainObjective = {
 *   value: ([x = 0, y = 0]) => x ** 2 + y ** 4 / 4 - y ** 2 / 2,
 *   gradient: ([x = 0, y = 0]) => [2 * x, y ** 3 - y],
 *   hessian: ([, y = 0]) => [2, 0, 0, 3 * y ** 2 - 1],
 * };
 * const { x } = minimize(saddle, [1, 0.01], { method: { direction: saddleFreeNewton(), search: backtracking() } });
 * x; // [0, 1]
 * ```
 * @see Dauphin and others, "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization", 2014.
 */
export function saddleFreeNewton(options: SaddleFreeNewtonOptions = {}): Direction<null> {
  checkOptions("saddleFreeNewton", options, ["floor"]);
  const { floor = 1e-12 } = options;
  checkNumber("saddleFreeNewton", "floor", floor, { above: 0, below: 1 });
  return {
    name: "saddleFreeNewton",
    needs: "hessian",
    init: () => null,
    propose(_state, at, { curvature }): Proposal<null> {
      const hessian = curvature.hessian(at.x);
      if (!allFinite(hessian)) return nonFiniteHessian("saddleFreeNewton");
      const { values, vectors } = symmetricEigen(hessian);
      const largest = Math.max(...values.map(Math.abs));
      if (largest === 0) return { kind: "fail", reason: "singular", message: "the Hessian is zero, so that it says nothing about a step. Use steepest() or bfgs() there." };
      const direction = new Float64Array(at.x.length);
      vectors.forEach((vector, index) => {
        const size = Math.max(Math.abs(values[index]!), floor * largest);
        addScaled(direction, -dot(vector, at.gradient) / size, vector);
      });
      return { kind: "go", direction, state: null };
    },
  };
}
