import type { DType } from "../../tensor/dtype.ts";
import { isFloat } from "../../tensor/dtype.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local, Operand } from "../types.ts";

/** How many elements of a kernel one vector holds: 2 if any of its values is f64, else 4. Narrower values use the low lanes. */
export type LaneCount = 4 | 2;

/** The vector shape for elements of a dtype. */
export function vectorOf(dtype: DType): FloatLanes | "i32x4" {
  return isFloat(dtype) ? floatLanes(dtype) : "i32x4";
}

/** The vector shape for floating-point elements. */
export function floatLanes(dtype: DType): FloatLanes {
  return dtype === "f64" ? "f64x2" : "f32x4";
}

/** A mask whose first `active` lanes are set. */
export function activeLanes(w: FunctionWriter, dtype: DType, active: number): Local {
  const wordsPerLane = dtype === "f64" ? 2 : 1;
  const word = (index: number): number => (index < active * wordsPerLane ? -1 : 0);
  return w.wordsConstant([0, 1, 2, 3].map(word));
}

/** Loads one vector of consecutive elements at address + offset. */
export function loadVector(w: FunctionWriter, dtype: DType, lanes: LaneCount, offset: number, address: Operand): void {
  w.load(lanes === 2 && dtype !== "f64" ? "v128.load64_zero" : "v128.load", offset, address);
}

/** Loads one element into every lane. */
export function loadSplat(w: FunctionWriter, dtype: DType, address: Operand): void {
  w.load(dtype === "f64" ? "v128.load64_splat" : "v128.load32_splat", 0, address);
}
