import type { Initializer } from "@opt/core";
import { scaledInitializer } from "./variance-scaling.ts";

/**
 * Makes the simple fan-in initializer: `w ~ U(−1/√m, 1/√m)` for m inputs.
 *
 * Its variance is 1 / (3m): too small to keep the signal's size from layer to layer, which {@link glorotUniform} mends.
 * PyTorch's `nn.Linear` starts from this distribution.
 *
 * @returns The initializer, for weights of two or more axes.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { uniformFan } from "@opt/init";
 *
 * const weight = uniformFan()(key(1), [784, 128]); // within ±1/28
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4, the heuristic before equation 8.23.
 */
export function uniformFan(): Initializer {
  return scaledInitializer("uniformFan", { gain: 1 / Math.sqrt(3), mode: "fan-in", distribution: "uniform" });
}
