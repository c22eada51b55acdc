import { hostRandomNormal, key } from "@opt/core";
import type { PlainObjective } from "../src/index.ts";
import { dot, matrixVector } from "../src/vectors.ts";

/** A quadratic `½ xᵀAx − bᵀx` with its matrix. */
export interface Quadratic extends Required<PlainObjective> {
  readonly matrix: Float64Array;
  readonly b: Float64Array;
  readonly dimension: number;
}

/** Normal random numbers, the same for the same seed. */
export function normals(seed: number, count: number): Float64Array {
  return hostRandomNormal(key(seed), count);
}

/** The quadratic of a symmetric matrix, row by row. */
export function quadraticOf(matrix: Float64Array, b: Float64Array): Quadratic {
  const product = (x: Float64Array): Float64Array => matrixVector(matrix, x);
  return {
    matrix,
    b,
    dimension: b.length,
    value: (x) => 0.5 * dot(x, product(x)) - dot(b, x),
    gradient: (x) => product(x).map((element, index) => element - b[index]!),
    hessian: () => matrix,
    hessianVector: (_x, vector) => product(vector),
  };
}

/** A random convex quadratic: `A = MᵀM / n + I / 10`. */
export function randomQuadratic(dimension: number, seed: number): Quadratic {
  const root = normals(seed, dimension * dimension);
  const matrix = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < dimension; j++) {
      for (let k = 0; k < dimension; k++) matrix[i * dimension + j]! += (root[k * dimension + i]! * root[k * dimension + j]!) / dimension;
    }
    matrix[i * dimension + i]! += 0.1;
  }
  return quadraticOf(matrix, normals(seed + 1, dimension));
}
