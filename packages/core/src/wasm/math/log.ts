import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local } from "../types.ts";
import { logarithm } from "./logarithm.ts";
import { VectorCode } from "./vector-code.ts";

/**
 * Pushes ln x, lane by lane: -infinity at 0, NaN for negative x.
 *
 * @see Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic", 1990, for the splitting of x
 */
export function log(w: FunctionWriter, lanes: FloatLanes, x: Local): void {
  w.get(logarithm(new VectorCode(w, lanes), x));
}
