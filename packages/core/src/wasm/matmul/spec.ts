import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local, ValueType } from "../types.ts";

/** The static description of a matrix product C[m,n] = op(A)[m,k] · op(B)[k,n] of dense row-major matrices. */
export interface MatmulShape {
  readonly dtype: "f32" | "f64";
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Whether A is stored as [k, m]. */
  readonly transposeA?: boolean;
  /** Whether B is stored as [n, k]. */
  readonly transposeB?: boolean;
}

/** A matrix product as a function of a module. */
export interface MatmulSpec extends MatmulShape {
  /** Export name, if any. */
  readonly name?: string;
  /** Types of parameters that follow the addresses of a, b, c and scratch memory; for the epilogue. */
  readonly extraParameters?: readonly ValueType[];
  /** Computes only some rows or columns of C: the last two parameters are the first and the one after the last, both between tiles. */
  readonly part?: "rows" | "columns";
  /**
   * Changes each vector of results before it is stored; called while the code is generated, once for each place in the code.
   *
   * @returns the local to store in C, or undefined to store nothing
   */
  readonly epilogue?: (w: FunctionWriter, context: EpilogueContext) => Local | undefined;
}

/** Which elements of a further operand belong to a vector of results: those of an [m, n] matrix, an [n] row or an [m] column. */
export type OperandKind = "matrix" | "row" | "column";

/** A vector of results at one place of the generated code. */
export interface EpilogueContext {
  /** The results; the lanes beyond `laneCount` hold garbage. */
  readonly value: Local;
  readonly lanes: FloatLanes;
  /** How many lanes lie inside C, 1 to 4 (1 to 2 for f64x2). */
  readonly laneCount: number;
  /** Row of the vector: the local plus a static number. */
  readonly row: Index;
  /** Column of the first lane: the local plus a static number. */
  readonly column: Index;
  /** The function's extra parameters. */
  readonly parameters: readonly Local[];
  /**
   * Pushes the address of the elements of an operand of the same element size that go with this vector, up to a static offset.
   *
   * @param base - local with the operand's address
   * @param kind - what the operand is indexed by
   * @returns the offset to give to the load or store
   */
  address(base: Local, kind: OperandKind): number;
  /** Stores the valid lanes of a vector into an [m, n] matrix of the same element size. */
  store(base: Local, value: Local): void;
}

/** An index known up to a run-time part. */
export interface Index {
  readonly base: Local;
  readonly plus: number;
}
