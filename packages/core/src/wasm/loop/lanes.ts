import type { DType } from "../../tensor/dtype.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { Local } from "../types.ts";

/** How many elements of a kernel one vector holds: 2 if any of its values is f64, else 4. Narrower values use the low lanes. */
export type LaneCount = 4 | 2;

/**
 * Pushes a vector with one 32-bit pattern per lane, written in the prologue.
 *
 * @param w - The function.
 * @param words - Four 32-bit integers.
 */
export function wordsConstant(w: FunctionWriter, words: readonly [number, number, number, number]): Local {
  const local = w.local("v128");
  w.prologue(() => {
    w.i32(words[0]);
    w.op("i32x4.splat");
    for (const lane of [1, 2, 3] as const) {
      w.i32(words[lane]);
      w.lane("i32x4.replace_lane", lane);
    }
    w.set(local);
  });
  return local;
}

/** A mask whose first `active` lanes are set. */
export function activeLanes(w: FunctionWriter, dtype: DType, active: number): Local {
  const wordsPerLane = dtype === "f64" ? 2 : 1;
  const word = (index: number): number => (index < active * wordsPerLane ? -1 : 0);
  return wordsConstant(w, [word(0), word(1), word(2), word(3)]);
}

/** Loads one vector of consecutive elements; the address is on the stack. */
export function loadVector(w: FunctionWriter, dtype: DType, lanes: LaneCount, offset: number): void {
  if (lanes === 2 && dtype !== "f64") w.load("v128.load64_zero", offset);
  else w.load("v128.load", offset);
}

/** Loads one element into every lane; the address is on the stack. */
export function loadSplat(w: FunctionWriter, dtype: DType, offset: number): void {
  w.load(dtype === "f64" ? "v128.load64_splat" : "v128.load32_splat", offset);
}

/** Stores the first `active` lanes of a vector at address + offset. */
export function storeLanes(w: FunctionWriter, dtype: DType, address: () => void, vector: Local, active: number, offset: number): void {
  const bytes = active * (dtype === "f64" ? 8 : 4);
  if (bytes === 16) {
    address();
    w.get(vector);
    w.store("v128.store", offset);
    return;
  }
  if (bytes >= 8) {
    address();
    w.get(vector);
    w.storeLane("v128.store64_lane", offset, 0);
  }
  if (bytes % 8 === 4) {
    address();
    w.get(vector);
    w.storeLane("v128.store32_lane", offset + bytes - 4, bytes / 4 - 1);
  }
}
