import { checkNumber, checkOptions } from "@opt/core";
import type { Direction } from "../protocols.ts";
import { addScaled, dot, negated, scale } from "../vectors.ts";
import { curvaturePair } from "./bfgs.ts";
import { gradientFirstStep } from "./steepest.ts";

/** Options of {@link lbfgs}. */
export interface LbfgsOptions {
  /** How many steps are remembered, ≥ 1. Default 10. */
  readonly history?: number;
}

/** A remembered step s with its change y of the gradient and sᵀy. */
export interface CurvaturePair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly product: number;
}

/** The state of {@link lbfgs}: the remembered steps, newest last. */
export type LbfgsState = { readonly pairs: readonly CurvaturePair[] };

/** Multiplies a vector, in place, by the implied inverse Hessian: the two-loop recursion. */
function multiplyByInverse(pairs: readonly CurvaturePair[], vector: Float64Array): void {
  const weights: number[] = [];
  for (const { s, y, product } of [...pairs].reverse()) {
    const weight = dot(s, vector) / product;
    weights.push(weight);
    addScaled(vector, -weight, y);
  }
  const newest = pairs.at(-1);
  if (newest !== undefined) scale(vector, newest.product / dot(newest.y, newest.y));
  for (const { s, y, product } of pairs) {
    const weight = weights.pop() ?? 0;
    addScaled(vector, weight - dot(y, vector) / product, s);
  }
}

/**
 * BFGS with limited memory: `d = −H g`, where H is what the last m updates of BFGS make of the matrix `(sᵀy / yᵀy) I`. H is never
 * formed: two loops over the m remembered steps give the product, in 4 m n operations.
 *
 * @param options - The number m of remembered steps.
 * @returns The direction; it keeps 2 m n numbers.
 * @throws OptError `option` for a history below 1 or an unknown name.
 *
 * @example
 * ```ts
 * import { lbfgs, minimize, strongWolfe } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const bowl: PlainObjective = { value: ([x = 0, y = 0]) => x ** 2 + 9 * y ** 2, gradient: ([x = 0, y = 0]) => [2 * x, 18 * y] };
 * minimize(bowl, [9, 1], { method: { direction: lbfgs({ history: 5 }), search: strongWolfe() } }).status; // "converged"
 * ```
 * @see Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.
 * @see Nocedal and Wright, "Numerical optimization", 2006, Algorithms 7.4 and 7.5.
 */
export function lbfgs(options: LbfgsOptions = {}): Direction<LbfgsState> {
  checkOptions("lbfgs", options, ["history"]);
  const { history = 10 } = options;
  checkNumber("lbfgs", "history", history, { min: 1, integer: true });
  return {
    name: "lbfgs",
    asks: "decrease",
    because: "its matrix is learned from steps that lower the value",
    init: () => ({ pairs: [] }),
    propose(state, at, { last }) {
      const pair = last === undefined ? undefined : curvaturePair(last);
      const pairs = pair === undefined ? state.pairs : [...state.pairs, pair].slice(-history);
      const direction = negated(at.gradient);
      multiplyByInverse(pairs, direction);
      if (pairs.length > 0 && dot(at.gradient, direction) < 0) return { kind: "go", direction, state: { pairs } };
      const descent = negated(at.gradient);
      return { kind: "go", direction: descent, state: { pairs: [] }, firstStep: gradientFirstStep(at, dot(at.gradient, descent), last) };
    },
  };
}
