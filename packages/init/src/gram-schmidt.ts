import type { Columns } from "./columns.ts";
import { dot } from "./columns.ts";

/** Takes its component along a unit vector away from a column: x ← x − q (qᵀx). */
function removeComponent(x: Float64Array, q: Float64Array): void {
  const component = dot(q, x);
  for (let row = 0; row < x.length; row++) x[row] = (x[row] ?? 0) - component * (q[row] ?? 0);
}

/**
 * The factor Q of the decomposition A = QR in which R has a positive diagonal, by the modified Gram–Schmidt process in float64: every column is made
 * orthogonal to those before it and divided by its length.
 *
 * One round loses orthogonality in proportion to A's condition number; a second one restores it to the last digit.
 *
 * @param matrix - The columns of A, at least as long as there are columns; overwritten.
 * @returns The columns of Q.
 * @see Giraud, Langou and Rozložník, "The loss of orthogonality in the Gram-Schmidt orthogonalization process", 2005: twice is enough.
 */
export function gramSchmidtColumns(matrix: Columns): Columns {
  matrix.forEach((column, index) => {
    const before = matrix.slice(0, index);
    for (let round = 0; round < 2; round++) for (const q of before) removeComponent(column, q);
    const length = Math.sqrt(dot(column, column));
    for (let row = 0; row < column.length; row++) column[row] = (column[row] ?? 0) / length;
  });
  return matrix;
}
