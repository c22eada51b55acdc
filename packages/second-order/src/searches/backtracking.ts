import { checkNumber, checkOptions } from "@opt/core";
import type { Search } from "../protocols.ts";
import { clamp, quadraticMinimizer } from "./interpolate.ts";

/** Options of {@link backtracking}. */
export interface BacktrackingOptions {
  /** The share c of the decrease that the slope promises which must be had, in (0, 1). Default 1e-4. */
  readonly slope?: number;
  /** The factor by which a step that is too long is shortened, in (0, 1). Default 0.5. */
  readonly decrease?: number;
  /** How many steps are tried at most, ≥ 1. Default 40. */
  readonly maxTrials?: number;
}

/** The state of {@link backtracking}. */
export type BacktrackingState = { readonly trials: number };

/**
 * Shortens the step until the value has fallen enough, Armijo's condition `φ(α) ≤ φ(0) + c α φ′(0)`.
 *
 * A step that is too long is shortened to the minimizer of the parabola through what is known, kept between a tenth of it and
 * `decrease` times it. It computes values only and the gradient once, at the end. Where values differ by no more than
 * rounding, a step that does not raise the value counts as a decrease.
 *
 * @param options - Share of the promised decrease, factor, number of trials.
 * @returns The search; it suits directions that know their step length, such as Newton's.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { backtracking, minimize, steepest } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const bowl: PlainObjective = { value: ([x = 0, y = 0]) => x ** 2 + 4 * y ** 2, gradient: ([x = 0, y = 0]) => [2 * x, 8 * y] };
 * minimize(bowl, [1, 1], { method: { direction: steepest(), search: backtracking({ decrease: 0.8 }) } }).status; // "converged"
 * ```
 * @see Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966.
 * @see Nocedal and Wright, "Numerical optimization", 2006, Algorithm 3.1.
 */
export function backtracking(options: BacktrackingOptions = {}): Search<BacktrackingState> {
  checkOptions("backtracking", options, ["slope", "decrease", "maxTrials"]);
  const { slope = 1e-4, decrease = 0.5, maxTrials = 40 } = options;
  checkNumber("backtracking", "slope", slope, { above: 0, below: 1 });
  checkNumber("backtracking", "decrease", decrease, { above: 0, below: 1 });
  checkNumber("backtracking", "maxTrials", maxTrials, { min: 1, integer: true });
  return {
    name: "backtracking",
    gives: "decrease",
    evaluates: "value",
    start: ({ firstStep }) => ({ kind: "try", step: firstStep, state: { trials: 1 } }),
    next({ trials }, trial, line) {
      const promised = slope * trial.step * line.slope;
      const withinRounding = Math.abs(promised) <= line.noise && trial.value <= line.value;
      if (trial.finite && (trial.value <= line.value + promised || withinRounding)) return { kind: "accept", trial };
      if (trials >= maxTrials) return { kind: "fail", reason: trial.finite ? "no-decrease" : "non-finite" };
      const guess = trial.finite ? quadraticMinimizer(line.value, line.slope, trial.step, trial.value) : undefined;
      const step = clamp(guess ?? decrease * trial.step, Math.min(0.1, decrease) * trial.step, decrease * trial.step);
      return { kind: "try", step, state: { trials: trials + 1 } };
    },
  };
}
