import type { Features } from "../features.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local } from "../types.ts";
import { advance, wholeRounds } from "./steps.ts";

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
 * Steps of k in one round of the loop: its jumps, its counters and the engine's check for interrupts are instructions too, and where another
 * thread shares the core there is room for few of them (measured: four steps are faster than two, and two than one).
 *
 * V8 12.4 and older would load everything first and run out of registers.
 */
function stepsPerRound({ manyRegisters }: Features): number {
  return manyRegisters ? 4 : 1;
}

/** Adds A·B to the sums: for each k the row of B is loaded once, and each element of A is spread over a vector and multiplied with it. */
export function accumulateTile(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[]): void {
  const { steps } = tile;
  const round = stepsPerRound(w.features);
  if (typeof steps === "number") {
    const inLoop = steps <= mostUnrolledSteps ? 0 : steps - (steps % round);
    accumulateSteps(w, tile, sums, round, inLoop);
    someSteps(w, tile, sums, steps - inLoop);
    return;
  }
  accumulateSteps(w, tile, sums, round, wholeRounds(w, steps, round));
  if (round === 1) return;
  w.op("i32.and", steps, round - 1);
  accumulateSteps(w, tile, sums, 1, w.keep("i32"));
}

/** Runs over steps of k, a multiple of `round`, several in each round. */
function accumulateSteps(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[], round: number, steps: number | Local): void {
  if (steps === 0) return;
  w.op("i32.add", tile.b, typeof steps === "number" ? steps * tile.bStep : () => { w.op("i32.mul", steps, tile.bStep); });
  const end = w.keep("i32");
  const rounds = (): void => {
    w.loop((again) => {
      someSteps(w, tile, sums, round);
      advance(w, tile.b, round * tile.bStep);
      w.op("i32.ne", tile.b, end);
      w.brIf(again);
    });
  };
  if (typeof steps === "number") {
    rounds();
    return;
  }
  w.get(steps);
  w.if(rounds);
}

/** A few steps one after the other; the address in B stays. */
function someSteps(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[], count: number): void {
  for (let step = 0; step < count; step += 1) {
    oneStep(w, tile, sums, step);
    // Loads that spread an element have no offset of their own in V8: each different one would need a register.
    advance(w, tile.a, tile.aStep);
  }
}

function oneStep(w: FunctionWriter, tile: TileCode, sums: readonly (readonly Local[])[], step: number): void {
  const element = w.local("v128");
  const row = Array.from({ length: tile.vectors }, (_, index) => {
    w.load("v128.load", step * tile.bStep + 16 * index, tile.b);
    return w.keep();
  });
  sums.forEach((sumRow, height) => {
    w.load(tile.lanes === "f32x4" ? "v128.load32_splat" : "v128.load64_splat", height * tile.aRow, tile.a);
    w.set(element);
    sumRow.forEach((sum, index) => {
      w.multiplyAdd(tile.lanes, element, row[index] ?? element, sum);
      w.set(sum);
    });
  });
}
