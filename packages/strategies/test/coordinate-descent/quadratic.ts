import type { Tensor } from "@opt/core";
import { key, matmul, randomNormal, reshape, tensor, transpose } from "@opt/core";

/** `J(x) = ½ xᵀAx − bᵀx` with a random positive definite A, which is well conditioned for `damping` above 0. */
export interface Quadratic {
  readonly matrix: readonly (readonly number[])[];
  readonly vector: readonly number[];
  readonly loss: (x: Tensor) => Tensor;
}

/** Makes a quadratic in n coordinates. */
export function quadratic(n: number, seed: number, damping: number): Quadratic {
  const root = randomNormal(key(seed), [n, n], { dtype: "f64" });
  const flat = matmul(root, transpose(root)).div(n).readSync();
  const matrix = Array.from({ length: n }, (_, row) => Array.from({ length: n }, (_unused, column) => (flat[row * n + column] ?? 0) + (row === column ? damping : 0)));
  const vector = Array.from(randomNormal(key(seed + 1000), [n], { dtype: "f64" }).readSync());
  const a = tensor(matrix, { dtype: "f64" });
  const b = tensor(vector, { dtype: "f64" });
  const loss = (x: Tensor): Tensor => {
    const column = reshape(x, [n, 1]);
    return matmul(reshape(x, [1, n]), matmul(a, column)).sum().mul(0.5).sub(x.mul(b).sum());
  };
  return { matrix, vector, loss };
}

/** The gradient `Ax − b`, by plain loops. */
export function gradientAt({ matrix, vector }: Quadratic, x: readonly number[]): number[] {
  return matrix.map((row, index) => row.reduce((total, entry, column) => total + entry * (x[column] ?? 0), 0) - (vector[index] ?? 0));
}

/** The largest absolute value. */
export function largest(values: Iterable<number>): number {
  return Math.max(...Array.from(values, Math.abs));
}
