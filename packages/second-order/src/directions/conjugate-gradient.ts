import { checkNumber, checkOptions } from "@opt/core";
import { checkChoice } from "../check-choice.ts";
import type { Direction } from "../protocols.ts";
import { addScaled, dot, negated } from "../vectors.ts";
import { gradientFirstStep } from "./steepest.ts";

/** How β is computed from the last two gradients. */
export type ConjugateGradientBeta = "fletcher-reeves" | "polak-ribiere" | "polak-ribiere-plus";

/** Options of {@link conjugateGradient}. */
export interface ConjugateGradientOptions {
  /** The formula of β. Default `"polak-ribiere-plus"`. */
  readonly beta?: ConjugateGradientBeta;
  /**
   * After how many steps to begin anew along the gradient, ≥ 1. Default: only when a direction would not descend. Fletcher–Reeves
   * needs it, since it cannot recover from a bad direction by itself: 10, or the number of variables where that is less.
   */
  readonly resetEvery?: number;
}

/** The state of {@link conjugateGradient}: the steps since the last reset. */
export type ConjugateGradientState = { readonly sinceReset: number };

/** The formulas of β, by name. */
const betaNames: readonly ConjugateGradientBeta[] = ["fletcher-reeves", "polak-ribiere", "polak-ribiere-plus"];

/** β from the inner products of the new gradient g and the old one h: gᵀg, gᵀh and hᵀh. */
function betaOf(formula: ConjugateGradientBeta, newNew: number, newOld: number, oldOld: number): number {
  if (oldOld === 0) return 0;
  if (formula === "fletcher-reeves") return newNew / oldOld;
  const beta = (newNew - newOld) / oldOld;
  return formula === "polak-ribiere" ? beta : Math.max(0, beta);
}

/**
 * Nonlinear conjugate gradients: `d = −g + β d₋`, with the last direction d₋ and, from the last two gradients,
 *
 * - Fletcher–Reeves `β = gᵀg / g₋ᵀg₋`,
 * - Polak–Ribière `β = gᵀ(g − g₋) / g₋ᵀg₋`,
 * - Polak–Ribière plus: the same, but never below 0.
 *
 * On a quadratic with exact searches all are equal and n steps are enough. It keeps two vectors. Where a direction would not
 * descend it begins anew along −g.
 *
 * @param options - The formula of β and the number of steps after which to reset.
 * @returns The direction; it asks for a search that comes near the minimum along the line.
 * @throws OptError `option` for an unknown formula or name, or a value out of range.
 *
 * @example
 * ```ts
 * import { conjugateGradient, minimize, strongWolfe } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const bowl: PlainObjective = { value: ([x = 0, y = 0]) => x ** 2 + 9 * y ** 2, gradient: ([x = 0, y = 0]) => [2 * x, 18 * y] };
 * const method = { direction: conjugateGradient({ beta: "fletcher-reeves", resetEvery: 2 }), search: strongWolfe() };
 * minimize(bowl, [9, 1], { method }).status; // "converged"
 * ```
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.9.
 * @see Fletcher and Reeves 1964; Polak and Ribière 1969; Gilbert and Nocedal 1992.
 */
export function conjugateGradient(options: ConjugateGradientOptions = {}): Direction<ConjugateGradientState> {
  checkOptions("conjugateGradient", options, ["beta", "resetEvery"]);
  const { beta: formula = "polak-ribiere-plus", resetEvery = Number.POSITIVE_INFINITY } = options;
  checkChoice("conjugateGradient", "beta", formula, betaNames);
  if (resetEvery !== Number.POSITIVE_INFINITY) checkNumber("conjugateGradient", "resetEvery", resetEvery, { min: 1, integer: true });
  return {
    name: "conjugateGradient",
    asks: "wolfe",
    // Fletcher–Reeves descends for sure only below 1/2; Polak–Ribière profits from searches that are not too exact.
    curvature: formula === "fletcher-reeves" ? 0.1 : 0.4,
    because: "conjugate directions presuppose a minimum along the last one",
    init: () => ({ sinceReset: 0 }),
    propose(state, at, { last }) {
      const { gradient } = at;
      const newNew = dot(gradient, gradient);
      const begin = (): ReturnType<Direction<ConjugateGradientState>["propose"]> => {
        const direction = negated(gradient);
        return { kind: "go", direction, state: { sinceReset: 1 }, firstStep: gradientFirstStep(at, -newNew, last) };
      };
      if (last === undefined || state.sinceReset >= resetEvery) return begin();
      const old = last.from.gradient;
      const beta = betaOf(formula, newNew, dot(gradient, old), dot(old, old));
      const direction = negated(gradient);
      addScaled(direction, beta, last.direction);
      const slope = dot(gradient, direction);
      if (!(slope < -1e-10 * newNew)) return begin();
      return { kind: "go", direction, state: { sinceReset: state.sinceReset + 1 }, firstStep: gradientFirstStep(at, slope, last) };
    },
  };
}
