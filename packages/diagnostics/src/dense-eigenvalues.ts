import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Eigenvalues in ascending order; column j of `vectors` is a unit eigenvector of the j-th. */
export interface SymmetricEigen {
  readonly values: readonly number[];
  readonly vectors: Matrix;
}

/** The eigenvalues and eigenvectors of a symmetric matrix, given by its elements; exactly symmetrized first. */
export function symmetricEigen(size: number, element: (row: number, column: number) => number): SymmetricEigen {
  const matrix = new Matrix(size, size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const mean = 0.5 * (element(row, column) + element(column, row));
      matrix.set(row, column, mean);
      matrix.set(column, row, mean);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return { values: realEigenvalues, vectors: eigenvectorMatrix };
}
