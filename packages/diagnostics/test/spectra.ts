import type { Tensor } from "@opt/core";
import { hostRandomNormal, key, tensor } from "@opt/core";

/** A symmetric matrix Q diag(values) Qᵀ, row by row, with a random orthogonal Q. */
export function matrixWithSpectrum(values: readonly number[], seed: number): number[][] {
  const n = values.length;
  const basis: number[][] = [];
  const draws = hostRandomNormal(key(seed), n * n);
  for (let row = 0; row < n; row++) {
    const vector = Array.from(draws.subarray(row * n, (row + 1) * n));
    for (let pass = 0; pass < 2; pass++) {
      for (const other of basis) {
        const component = other.reduce((total, element, index) => total + element * vector[index]!, 0);
        other.forEach((element, index) => (vector[index] = vector[index]! - component * element));
      }
    }
    const length = Math.hypot(...vector);
    basis.push(vector.map((element) => element / length));
  }
  return Array.from({ length: n }, (_, row) =>
    Array.from({ length: n }, (__, column) => values.reduce((total, value, index) => total + value * basis[index]![row]! * basis[index]![column]!, 0)),
  );
}

/** The product of a matrix and a vector. */
export function multiply(matrix: readonly (readonly number[])[], vector: ArrayLike<number>): number[] {
  return matrix.map((row) => row.reduce((total, element, index) => total + element * vector[index]!, 0));
}

/** A column vector of f64. */
export function doubles(elements: readonly number[]): Tensor {
  return tensor([...elements], { dtype: "f64" });
}
