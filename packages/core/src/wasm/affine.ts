import type { FunctionWriter } from "./function-writer.ts";
import type { Local, Operand } from "./types.ts";

/** A part of an address or index: a counter times a stride; without a counter it is 0. */
export type AffineTerm = readonly [counter: Local | undefined, stride: number | Local];

/** Pushes `base + Σ counter · stride`. */
export function pushAffine(w: FunctionWriter, base: Operand, terms: readonly AffineTerm[]): void {
  w.push(base);
  for (const [counter, stride] of terms) {
    if (counter === undefined || stride === 0) continue;
    w.get(counter);
    if (stride !== 1) w.op("i32.mul", stride);
    w.op("i32.add");
  }
}
