import type { Direction, Transition } from "../protocols.ts";
import { difference, dot, matrixVector, negated } from "../vectors.ts";
import { gradientFirstStep } from "./steepest.ts";

/** The state of {@link bfgs}: the approximation of the inverse Hessian, row by row; null before the first step. */
export type BfgsState = { readonly inverse: Float64Array | null };

/** A step s, the change y of the gradient along it and sᵀy; undefined where the curvature sᵀy is not surely positive. */
export function curvaturePair(last: Transition): { s: Float64Array; y: Float64Array; product: number } | undefined {
  const s = difference(last.to.x, last.from.x);
  const y = difference(last.to.gradient, last.from.gradient);
  const product = dot(s, y);
  // Below this, the sign of sᵀy may be rounding.
  return product > 1e-14 * Math.sqrt(dot(s, s)) * Math.sqrt(dot(y, y)) ? { s, y, product } : undefined;
}

/**
 * The BFGS update of an inverse Hessian: `H₊ = (I − s yᵀ / sᵀy) H (I − y sᵀ / sᵀy) + s sᵀ / sᵀy`.
 *
 * @returns A new matrix, row by row; symmetric, and positive definite when H is and sᵀy > 0.
 */
export function bfgsUpdate(inverse: Float64Array, s: Float64Array, y: Float64Array, product: number): Float64Array {
  const n = s.length;
  const image = matrixVector(inverse, y);
  const factor = (1 + dot(y, image) / product) / product;
  const next = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const mixed = (image[row]! * s[column]! + s[row]! * image[column]!) / product;
      const element = inverse[row * n + column]! + factor * s[row]! * s[column]! - mixed;
      next[row * n + column] = element;
      next[column * n + row] = element;
    }
  }
  return next;
}

/** A multiple of the unit matrix. */
function diagonal(n: number, element: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = element;
  return matrix;
}

/**
 * The method of Broyden, Fletcher, Goldfarb and Shanno: `d = −H g`, with an approximation H of the inverse Hessian that is
 * updated from each step s and change y of the gradient:
 * `H ← (I − s yᵀ / sᵀy) H (I − y sᵀ / sᵀy) + s sᵀ / sᵀy`.
 *
 * The first H is the unit matrix, times `sᵀy / yᵀy` once that is known. H fulfils the secant equation `H y = s` and stays
 * positive definite; an update with `sᵀy ≤ 0`, which only a search without the Wolfe conditions can bring, is left out.
 * It keeps n² numbers: for n up to some thousands, else {@link lbfgs}.
 *
 * @returns The direction.
 *
 * @example
 * ```ts
 * import { bfgs, minimize, strongWolfe } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const bowl: PlainObjective = { value: ([x = 0, y = 0]) => x ** 2 + 9 * y ** 2, gradient: ([x = 0, y = 0]) => [2 * x, 18 * y] };
 * minimize(bowl, [9, 1], { method: { direction: bfgs(), search: strongWolfe() } }).status; // "converged"
 * ```
 * @see Broyden, Fletcher, Goldfarb and Shanno, independently, 1970.
 * @see Nocedal and Wright, "Numerical optimization", 2006, Algorithm 6.1 and equation 6.20.
 */
export function bfgs(): Direction<BfgsState> {
  return {
    name: "bfgs",
    asks: "decrease",
    because: "its matrix is learned from steps that lower the value",
    init: () => ({ inverse: null }),
    propose(state, at, { last }) {
      const pair = last === undefined ? undefined : curvaturePair(last);
      let { inverse } = state;
      if (pair !== undefined) {
        const before = inverse ?? diagonal(at.x.length, pair.product / dot(pair.y, pair.y));
        inverse = bfgsUpdate(before, pair.s, pair.y, pair.product);
      }
      const descent = negated(at.gradient);
      const direction = inverse === null ? descent : matrixVector(inverse, descent);
      if (inverse !== null && dot(at.gradient, direction) < 0) return { kind: "go", direction, state: { inverse } };
      // Rounding can spoil the matrix of a badly scaled function: begin anew.
      return { kind: "go", direction: descent, state: { inverse: null }, firstStep: gradientFirstStep(at, dot(at.gradient, descent), last) };
    },
  };
}
