import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local } from "../types.ts";
import type { MatmulSpec } from "./spec.ts";
import { storeElements } from "../store-elements.ts";

/** Where a tile of results lies in C. */
export interface TilePlace {
  readonly lanes: FloatLanes;
  readonly elementBytes: 4 | 8;
  /** Row of the tile's first element. */
  readonly row: Local;
  /** Column of the tile's first element. */
  readonly column: Local;
  /** Byte distance of the tile's first element from the start of C. */
  readonly offset: Local;
  /** Columns of C. */
  readonly columns: number;
  /** Columns of the tile that lie inside C. */
  readonly width: number;
  readonly c: Local;
}

type Sums = readonly (readonly Local[])[];

/** Runs a body for each vector of a tile with its static offset from the tile's start and its number of valid lanes. */
function eachVector(place: TilePlace, sums: Sums, body: (sum: Local, row: number, column: number, laneCount: number) => void): void {
  const lanes = 16 / place.elementBytes;
  sums.forEach((sumRow, row) => {
    sumRow.forEach((sum, vector) => { body(sum, row, vector * lanes, Math.min(lanes, place.width - vector * lanes)); });
  });
}

/** Reads the sums that an earlier block of k has left in C. */
export function loadTile(w: FunctionWriter, place: TilePlace, sums: Sums): void {
  eachVector(place, sums, (sum, row, column) => {
    w.op("i32.add", place.c, place.offset);
    w.load("v128.load", (row * place.columns + column) * place.elementBytes);
    w.set(sum);
  });
}

/** Stores the sums in C as they are. */
export function storeTile(w: FunctionWriter, place: TilePlace, sums: Sums): void {
  eachVector(place, sums, (sum, row, column, laneCount) => {
    const offset = (row * place.columns + column) * place.elementBytes;
    storeElements(w, () => { w.op("i32.add", place.c, place.offset); }, offset, sum, place.elementBytes, laneCount);
  });
}

/** Hands every vector of sums to the epilogue, or stores it in C. */
export function finishTile(w: FunctionWriter, spec: MatmulSpec, place: TilePlace, sums: Sums): void {
  const { epilogue } = spec;
  if (epilogue === undefined) {
    storeTile(w, place, sums);
    return;
  }
  const parameters = w.parameters.slice(5, 5 + (spec.extraParameters?.length ?? 0));
  eachVector(place, sums, (value, row, column, laneCount) => {
    epilogue(w, { value, lanes: place.lanes, laneCount, parameters, row: { base: place.row, plus: row }, column: { base: place.column, plus: column } });
  });
}
