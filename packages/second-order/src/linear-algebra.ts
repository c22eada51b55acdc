import { CholeskyDecomposition, EigenvalueDecomposition, LuDecomposition, Matrix } from "ml-matrix";
import { allFinite } from "./vectors.ts";

/** A square matrix as ml-matrix has it, exactly symmetric, with `shift` added to the diagonal. */
function symmetric(elements: Float64Array, shift: number): Matrix {
  const n = Math.sqrt(elements.length);
  const matrix = new Matrix(n, n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const element = 0.5 * (elements[row * n + column]! + elements[column * n + row]!) + (row === column ? shift : 0);
      matrix.set(row, column, element);
      matrix.set(column, row, element);
    }
  }
  return matrix;
}

/** A finite vector, or undefined: a factor that is singular to rounding gives infinities. */
function finiteColumn(solution: Matrix): Float64Array | undefined {
  const vector = Float64Array.from(solution.getColumn(0));
  return allFinite(vector) ? vector : undefined;
}

/**
 * Solves `(A + shift · I) x = b` by Cholesky's factorization.
 *
 * @returns The solution, or undefined when the matrix is not positive definite.
 */
export function choleskySolve(elements: Float64Array, shift: number, b: Float64Array): Float64Array | undefined {
  const factorization = new CholeskyDecomposition(symmetric(elements, shift));
  return factorization.isPositiveDefinite() ? finiteColumn(factorization.solve(Matrix.columnVector(b))) : undefined;
}

/**
 * Solves `(A + shift · I) x = b` for a symmetric matrix, definite or not.
 *
 * @returns The solution, or undefined when the matrix is singular.
 */
export function symmetricSolve(elements: Float64Array, shift: number, b: Float64Array): Float64Array | undefined {
  const factorization = new LuDecomposition(symmetric(elements, shift));
  return factorization.isSingular() ? undefined : finiteColumn(factorization.solve(Matrix.columnVector(b)));
}

/** Eigenvalues in ascending order, and for each a unit eigenvector. */
export interface SymmetricEigen {
  readonly values: readonly number[];
  readonly vectors: readonly Float64Array[];
}

/** The eigenvalues and eigenvectors of a symmetric matrix. */
export function symmetricEigen(elements: Float64Array): SymmetricEigen {
  const decomposition = new EigenvalueDecomposition(symmetric(elements, 0), { assumeSymmetric: true });
  const values = decomposition.realEigenvalues;
  return { values, vectors: values.map((_value, index) => Float64Array.from(decomposition.eigenvectorMatrix.getColumn(index))) };
}
