import type { Direction, DirectionContext, Point } from "../protocols.ts";
import { dot, negated, norm } from "../vectors.ts";

/** A first step for a direction that knows no curvature: of unit length at the start, later with the decrease of the last step. */
export function gradientFirstStep(at: Point, slope: number, last: DirectionContext["last"]): number {
  if (last === undefined) return Math.min(1, 1 / norm(at.gradient));
  const step = (last.step * dot(last.from.gradient, last.direction)) / slope;
  return Number.isFinite(step) && step > 0 ? step : 1;
}

/**
 * The direction of steepest descent: `d = −g`.
 *
 * On a quadratic with condition number κ and exact searches the error falls by `((κ − 1) / (κ + 1))²` at a step, in a zigzag.
 *
 * @returns The direction; it has no state.
 *
 * @example
 * ```ts
 * import { minimize, steepest, strongWolfe } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const bowl: PlainObjective = { value: ([x = 0, y = 0]) => x ** 2 + 9 * y ** 2, gradient: ([x = 0, y = 0]) => [2 * x, 18 * y] };
 * minimize(bowl, [9, 1], { method: { direction: steepest(), search: strongWolfe() } }).status; // "converged"
 * ```
 * @see Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847.
 */
export function steepest(): Direction<null> {
  return {
    name: "steepest",
    init: () => null,
    propose(_state, at, { last }) {
      const direction = negated(at.gradient);
      return { kind: "go", direction, state: null, firstStep: gradientFirstStep(at, dot(at.gradient, direction), last) };
    },
  };
}
