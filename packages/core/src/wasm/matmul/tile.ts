import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local } from "../types.ts";

/** The inner product of a few rows of A with a panel of B, kept in registers. */
export interface TileCode {
  readonly lanes: FloatLanes;
  readonly height: number;
  readonly vectors: number;
  /** Steps of k. */
  readonly steps: number | Local;
  /** Address of the first element of A; changed. */
  readonly a: Local;
  /** Bytes from one k to the next in A. */
  readonly aStep: number;
  /** Bytes from one row of the tile to the next in A. */
  readonly aRow: number;
  /** Address of the first vector of B; changed. */
  readonly b: Local;
  /** Bytes from one k to the next in B. */
  readonly bStep: number;
}

/** Up to this many steps of k are written one after the other instead of as a loop. */
const mostUnrolledSteps = 4;

/** One local for each vector of the tile, row by row. */
export function tileAccumulators(w: FunctionWriter, tile: TileCode): readonly (readonly Local[])[] {
  return Array.from({ length: tile.height }, () => Array.from({ length: tile.vectors }, () => w.local("v128")));
}

/** Sets all sums to zero. */
export function clearTile(w: FunctionWriter, sums: readonly (readonly Local[])[]): void {
  for (const sum of sums.flat()) {
    w.zeroVector();
    w.set(sum);
  }
}

/**
 * Adds A·B to the sums: for each k the row of B is loaded once, and each element of A is spread over a vector and multiplied with it.
 *
 * The loop is not unrolled: V8 12.4 and older would load everything first and run out of registers (measured), newer engines gain nothing.
 */
export function accumulateTile(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[]): void {
  const { steps } = tile;
  if (typeof steps === "number" && steps <= mostUnrolledSteps) {
    for (let step = 0; step < steps; step += 1) oneStep(w, tile, sums, step);
    return;
  }
  const end = w.local("i32");
  w.get(tile.b);
  pushProduct(w, steps, tile.bStep);
  w.op("i32.add");
  w.set(end);
  w.loop((again) => {
    oneStep(w, tile, sums, 0);
    advance(w, tile.a, tile.aStep);
    advance(w, tile.b, tile.bStep);
    w.get(tile.b);
    w.get(end);
    w.op("i32.ne");
    w.brIf(again);
  });
}

function oneStep(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[], step: number): void {
  const element = w.local("v128");
  const row = Array.from({ length: tile.vectors }, () => w.local("v128"));
  row.forEach((vector, index) => {
    w.get(tile.b);
    w.load("v128.load", step * tile.bStep + 16 * index);
    w.set(vector);
  });
  sums.forEach((sumRow, height) => {
    w.get(tile.a);
    w.load(tile.lanes === "f32x4" ? "v128.load32_splat" : "v128.load64_splat", step * tile.aStep + height * tile.aRow);
    w.set(element);
    sumRow.forEach((sum, index) => {
      w.multiplyAdd(tile.lanes, element, row[index] ?? element, sum);
      w.set(sum);
    });
  });
}

function advance(w: FunctionWriter, local: Local, bytes: number): void {
  w.get(local);
  w.i32(bytes);
  w.op("i32.add");
  w.set(local);
}

/** Pushes steps·bytes. */
function pushProduct(w: FunctionWriter, steps: number | Local, bytes: number): void {
  if (typeof steps === "number") {
    w.i32(steps * bytes);
    return;
  }
  w.get(steps);
  w.i32(bytes);
  w.op("i32.mul");
}
