/** A function to minimize as plain callbacks, with all its derivatives. */
export interface SmoothObjective {
  /** The value. */
  readonly value: (x: Float64Array) => number;
  /** The gradient. */
  readonly gradient: (x: Float64Array) => Float64Array;
  /** The Hessian matrix, row by row. */
  readonly hessian: (x: Float64Array) => Float64Array;
}

/** A residual r at a point, with those of its derivatives that are not always zero. */
export interface Residual {
  readonly value: number;
  /** `[i, ∂r/∂xᵢ]`. */
  readonly gradient: readonly (readonly [i: number, derivative: number])[];
  /** `[i, j, ∂²r/∂xᵢ∂xⱼ]`. */
  readonly hessian?: readonly (readonly [i: number, j: number, derivative: number])[];
}

/** The sum of squares of residuals: `f = Σ r²`, `∇f = 2 Σ r ∇r`, `∇²f = 2 Σ (∇r ∇rᵀ + r ∇²r)`. */
export function leastSquares(dimension: number, residuals: (x: Float64Array) => Iterable<Residual>): SmoothObjective {
  return {
    value(x) {
      let total = 0;
      for (const { value } of residuals(x)) total += value ** 2;
      return total;
    },
    gradient(x) {
      const total = new Float64Array(dimension);
      for (const { value, gradient } of residuals(x)) {
        for (const [i, derivative] of gradient) total[i]! += 2 * value * derivative;
      }
      return total;
    },
    hessian(x) {
      const total = new Float64Array(dimension * dimension);
      for (const { value, gradient, hessian = [] } of residuals(x)) {
        for (const [i, first] of gradient) {
          for (const [j, second] of gradient) total[i * dimension + j]! += 2 * first * second;
        }
        for (const [i, j, derivative] of hessian) total[i * dimension + j]! += 2 * value * derivative;
      }
      return total;
    },
  };
}
