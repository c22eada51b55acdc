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

/**
 * A part of a product: some rows or columns of C with all that they need; or, where B is packed once for all, first the packing of
 * some columns of B and then some rows of C.
 */
export type ProductPart = "rows" | "columns" | "packing" | "rowsOfPacked";

/** A matrix product as a function of a module. */
export interface MatmulSpec extends MatmulShape {
  /** Export name, if any. */
  readonly name?: string;
  /** Types of parameters that follow the addresses of a, b, c, the packed A and the packed B; for the epilogue. */
  readonly extraParameters?: readonly ValueType[];
  /** Does only a part: the last two parameters are the first row or column and the one after the last, both between tiles. */
  readonly part?: ProductPart;
  /**
   * Stores each vector of results, or what it makes of it, in the place of a plain store in C; called while the code is generated, once
   * for each place in the code.
   */
  readonly epilogue?: (w: FunctionWriter, context: EpilogueContext) => void;
}

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
}

/** An index known up to a run-time part. */
export interface Index {
  readonly base: Local;
  readonly plus: number;
}
