import type { Features } from "../features.ts";
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
 * Steps of k in one round of the loop. Fused multiply-adds leave room for the loop's own instructions, and V8 12.4 and older would load
 * everything first and run out of registers. Separate multiplications and additions fill every cycle: two steps are faster than one, and
 * four run out of registers again (measured).
 */
function stepsPerRound({ relaxedSimd, manyRegisters }: Features): number {
  return !relaxedSimd && manyRegisters ? 2 : 1;
}

/** Adds A·B to the sums: for each k the row of B is loaded once, and each element of A is spread over a vector and multiplied with it. */
export function accumulateTile(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[]): void {
  const { steps } = tile;
  if (typeof steps === "number" && steps <= mostUnrolledSteps) {
    for (let step = 0; step < steps; step += 1) oneStep(w, tile, sums, step);
    return;
  }
  const round = stepsPerRound(w.features);
  if (round > 1) accumulateSteps(w, tile, sums, round, wholeRounds(w, steps, round));
  // With a static number of steps it is known whether any are left.
  if (round === 1 || typeof steps !== "number" || steps % round !== 0) accumulateSteps(w, tile, sums, 1, round === 1 ? steps : remaining(w, steps, round));
}

function wholeRounds(w: FunctionWriter, steps: number | Local, round: number): number | Local {
  if (typeof steps === "number") return steps - (steps % round);
  return masked(w, steps, -round);
}

function remaining(w: FunctionWriter, steps: number | Local, round: number): number | Local {
  return typeof steps === "number" ? steps % round : masked(w, steps, round - 1);
}

function masked(w: FunctionWriter, steps: Local, mask: number): Local {
  const result = w.local("i32");
  w.get(steps);
  w.i32(mask);
  w.op("i32.and");
  w.set(result);
  return result;
}

/** Runs over steps of k, a multiple of `round`, several in each round. */
function accumulateSteps(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[], round: number, steps: number | Local): void {
  const end = w.local("i32");
  w.get(tile.b);
  pushProduct(w, steps, tile.bStep);
  w.op("i32.add");
  w.set(end);
  const rounds = (): void => {
    w.loop((again) => {
      for (let step = 0; step < round; step += 1) oneStep(w, tile, sums, step);
      advance(w, tile.a, round * tile.aStep);
      advance(w, tile.b, round * tile.bStep);
      w.get(tile.b);
      w.get(end);
      w.op("i32.ne");
      w.brIf(again);
    });
  };
  if (typeof steps === "number") {
    if (steps > 0) rounds();
    return;
  }
  w.get(steps);
  w.if(rounds);
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
