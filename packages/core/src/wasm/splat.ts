import type { ByteBuffer } from "./byte-buffer.ts";

/** The vector shapes of constants. */
export type ConstantLanes = "f32x4" | "f64x2" | "i32x4" | "i64x2";

/** Writes the 16 bytes of a vector that holds one value in every lane. */
export function writeSplat(out: ByteBuffer, lanes: ConstantLanes, value: number): void {
  const copies = lanes === "f32x4" || lanes === "i32x4" ? 4 : 2;
  for (let copy = 0; copy < copies; copy += 1) {
    if (lanes === "f32x4") out.float32(value);
    else if (lanes === "f64x2") out.float64(value);
    else if (lanes === "i32x4") out.integer32(value);
    else out.integer64(BigInt(value));
  }
}
