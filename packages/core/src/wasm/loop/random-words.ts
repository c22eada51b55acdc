import type { DType } from "../../tensor/dtype.ts";
import type { FunctionWriter } from "../function-writer.ts";
import { threefry2x32 } from "../math/threefry.ts";
import type { Local } from "../types.ts";

/**
 * Pushes uniform numbers in [0, 1), one for each lane's counter: 24 random bits for f32, 53 for f64, as the host draws them.
 *
 * @param w - The function.
 * @param counter - The number of each lane's element.
 * @param stream - Tells draws of one key apart.
 * @param key - The key's two words.
 * @param dtype - The element type.
 */
export function emitUniform(w: FunctionWriter, counter: Local, stream: number, key: readonly [Local, Local], dtype: DType): void {
  const words = threefry2x32(w, { word0: counter, word1: w.splatConstant("i32x4", stream) }, { word0: key[0], word1: key[1] });
  if (dtype === "f32") {
    w.op("i32x4.shr_u", words.word0, 8);
    w.op("f32x4.convert_i32x4_s");
    w.op("f32x4.mul", w.splatConstant("f32x4", 2 ** -24));
    return;
  }
  // (word0 >>> 5) · 2^26 + (word1 >>> 6), scaled to [0, 1).
  w.op("i32x4.shr_u", words.word0, 5);
  w.op("f64x2.convert_low_i32x4_s");
  w.op("f64x2.mul", w.splatConstant("f64x2", 2 ** 26));
  w.op("i32x4.shr_u", words.word1, 6);
  w.op("f64x2.convert_low_i32x4_s");
  w.op("f64x2.add");
  w.op("f64x2.mul", w.splatConstant("f64x2", 2 ** -53));
}
