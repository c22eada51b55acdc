import type { Local } from "../types.ts";
import type { VectorCode } from "./vector-code.ts";

/** Four 32-bit numbers as two vectors of two 64-bit numbers. */
export interface Halves {
  readonly low: Local;
  readonly high: Local;
}

/** Widens an f32x4 to two f64x2, exactly. */
export function widen(v: VectorCode, x: Local): Halves {
  const { w } = v;
  w.op("f64x2.promote_low_f32x4", x);
  const low = v.keep();
  w.shuffle([1, 1], x, x);
  w.op("f64x2.promote_low_f32x4");
  return { low, high: v.keep() };
}

/** Rounds two f64x2 to one f32x4. */
export function narrow(v: VectorCode, { low, high }: Halves): Local {
  const { w } = v;
  w.op("f32x4.demote_f64x2_zero", low);
  w.op("f32x4.demote_f64x2_zero", high);
  w.shuffle([0, 2]);
  return v.keep();
}

/** The low 32 bits of four 64-bit lanes. */
export function lowWords(v: VectorCode, { low, high }: Halves): Local {
  v.w.shuffle([0, 2, 4, 6], low, high);
  return v.keep();
}
