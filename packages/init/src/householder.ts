import type { Columns } from "./columns.ts";
import { dot } from "./columns.ts";

/** Reflects a column below row `from`: x ← x − 2 v (vᵀx) / (vᵀv), given 2 / (vᵀv). */
function reflect(x: Float64Array, v: Float64Array, from: number, factor: number): void {
  const scale = factor * dot(v, x, from);
  for (let row = from; row < x.length; row++) x[row] = (x[row] ?? 0) - scale * (v[row] ?? 0);
}

/**
 * The factor Q of the decomposition A = QR in which R has a positive diagonal, by Householder reflections in float64.
 *
 * Of a matrix of independent standard normal elements, this Q is uniformly distributed over the matrices with orthonormal
 * columns. Without the sign correction it would not be, because the reflections choose R's signs themselves.
 *
 * @param matrix - The columns of A, at least as long as there are columns; overwritten.
 * @returns The columns of Q.
 * @see Mezzadri, "How to generate random matrices from the classical compact groups", 2007, section 5.
 */
export function householderColumns(matrix: Columns): Columns {
  const factors: number[] = [];
  const signs: number[] = [];
  matrix.forEach((column, index) => {
    const norm = Math.sqrt(dot(column, column, index));
    const head = column[index] ?? 0;
    // The reflection that maps x to −sign(x₀)‖x‖e avoids cancellation; R's diagonal is then −sign(x₀)‖x‖.
    const diagonal = head > 0 ? -norm : norm;
    signs.push(diagonal < 0 ? -1 : 1);
    column[index] = head - diagonal;
    const length = dot(column, column, index);
    const factor = length > 0 ? 2 / length : 0;
    factors.push(factor);
    for (const later of matrix.slice(index + 1)) reflect(later, column, index, factor);
  });
  return matrix.map((first, index) => {
    const result = new Float64Array(first.length);
    result[index] = signs[index] ?? 1;
    for (let step = index; step >= 0; step--) {
      const reflector = matrix[step];
      if (reflector !== undefined) reflect(result, reflector, step, factors[step] ?? 0);
    }
    return result;
  });
}
