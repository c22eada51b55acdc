import type { FunctionWriter } from "../function-writer.ts";
import type { FloatLanes, Local } from "../types.ts";
import { trigonometric } from "./trigonometry.ts";
import { VectorCode } from "./vector-code.ts";

/**
 * Pushes cos x, lane by lane; NaN for infinite x.
 *
 * @see Cody and Waite, "Software Manual for the Elementary Functions", 1980, chapter 8, for the reduction by pi/2 in parts
 */
export function cos(w: FunctionWriter, lanes: FloatLanes, x: Local): void {
  w.get(trigonometric(new VectorCode(w, lanes), "cos", x));
}
