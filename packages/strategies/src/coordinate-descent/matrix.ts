import type { NestedNumbers } from "@opt/core";
import { describeValue, fail, fromArray, Tensor, tensor } from "@opt/core";

/** A matrix of plain numbers, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly elements: Float64Array;
}

/** Numbers as users have them: a tensor, or nested arrays. */
export type MatrixLike = Tensor | readonly (readonly number[])[];

/** A vector as users have it: a tensor of rank 1, or a list of numbers. */
export type VectorLike = Tensor | readonly number[] | Float64Array;

function read(where: string, name: string, value: unknown, rank: number): { shape: readonly number[]; elements: Float64Array } {
  const isData = value instanceof Tensor || Array.isArray(value) || value instanceof Float64Array;
  if (!isData) fail("option", `${where}({ ${name} }): must be a tensor of rank ${rank} or ${rank === 1 ? "a list of numbers" : "a list of rows"}; got ${describeValue(value)}.`);
  const source = value instanceof Tensor ? value : tensor(value as NestedNumbers, { dtype: "f64" });
  if (source.rank !== rank || source.size === 0) fail("shape", `${where}({ ${name} }): must have rank ${rank} and at least one element; got shape [${source.shape.join(", ")}].`);
  const elements = Float64Array.from(source.readSync());
  const wrong = elements.findIndex((element) => !Number.isFinite(element));
  if (wrong >= 0) fail("data", `${where}({ ${name} }): must be finite; element ${wrong} is ${elements[wrong]!}.`);
  return { shape: source.shape, elements };
}

/** Reads an option that is a matrix of finite numbers. */
export function readMatrix(where: string, name: string, value: MatrixLike): Matrix {
  const { shape, elements } = read(where, name, value, 2);
  return { rows: shape[0]!, columns: shape[1]!, elements };
}

/** Reads an option that is a vector of finite numbers. */
export function readVector(where: string, name: string, value: VectorLike): Float64Array {
  return read(where, name, value, 1).elements;
}

/** A copy of a matrix as a tensor. */
export function asTensor(matrix: Matrix): Tensor {
  return fromArray(matrix.elements.slice(), [matrix.rows, matrix.columns]);
}

/** The product of two matrices. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const elements = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.elements[i * a.columns + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < b.columns; j++) elements[i * b.columns + j]! += factor * b.elements[k * b.columns + j]!;
    }
  }
  return { rows: a.rows, columns: b.columns, elements };
}

/** The transpose of a matrix. */
export function transposed(a: Matrix): Matrix {
  const elements = new Float64Array(a.elements.length);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) elements[j * a.rows + i] = a.elements[i * a.columns + j]!;
  }
  return { rows: a.columns, columns: a.rows, elements };
}

/** The inner product of two equally long arrays. */
export function innerProduct(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let index = 0; index < a.length; index++) total += a[index]! * b[index]!;
  return total;
}
