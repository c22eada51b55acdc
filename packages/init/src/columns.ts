/** A tall matrix as a list of its columns, all of one length. */
export type Columns = readonly Float64Array[];

/** The inner product of two columns, from a row on. */
export function dot(a: Float64Array, b: Float64Array, from = 0): number {
  let total = 0;
  for (let row = from; row < a.length; row++) total += (a[row] ?? 0) * (b[row] ?? 0);
  return total;
}
