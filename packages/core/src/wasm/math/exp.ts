import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local } from "../types.ts";
import { exponential } from "./exponential.ts";
import { VectorCode } from "./vector-code.ts";

/**
 * Pushes e^x, lane by lane.
 *
 * Full range: infinity on overflow, gradual underflow, NaN for NaN.
 *
 * @see Cody and Waite, "Software Manual for the Elementary Functions", 1980, chapter 6
 */
export function exp(w: FunctionWriter, lanes: FloatLanes, x: Local): void {
  w.get(exponential(new VectorCode(w, lanes), x));
}
