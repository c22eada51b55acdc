import type { FunctionWriter } from "../function-writer.ts";
import type { Local } from "../types.ts";

/** How many of some steps whole rounds of a power of two cover: a number if the steps are known already. */
export function wholeRounds(w: FunctionWriter, steps: number | Local, round: number): number | Local {
  if (typeof steps === "number") return steps - (steps % round);
  w.op("i32.and", steps, -round);
  return w.keep("i32");
}

/** Moves an address on. */
export function advance(w: FunctionWriter, address: Local, bytes: number): void {
  w.op("i32.add", address, bytes);
  w.set(address);
}
