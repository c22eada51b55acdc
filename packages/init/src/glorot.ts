import { checkOptions } from "@opt/core";
import type { Initializer } from "@opt/core";
import { scaledInitializer } from "./variance-scaling.ts";

/** Options of {@link glorotUniform} and {@link glorotNormal}. */
export interface GlorotOptions {
  /** A factor on the standard deviation, > 0; see {@link gain}. Default 1. */
  readonly gain?: number;
}

/**
 * Makes the normalized initializer: `w ~ U(−a, a)` with `a = gain · √(6 / (m + n))` for m inputs and n outputs.
 *
 * A compromise between equal variance of the activations (fan in) and of the gradients (fan out).
 *
 * @param options - The gain.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` when the gain is not a positive number.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { gain, glorotUniform } from "@opt/init";
 *
 * const weight = glorotUniform({ gain: gain("tanh") })(key(1), [784, 128]);
 * ```
 *
 * @see Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, equation 16;
 * Goodfellow, Bengio and Courville, Deep Learning, equation 8.23.
 */
export function glorotUniform(options: GlorotOptions = {}): Initializer {
  checkOptions("glorotUniform", options, ["gain"]);
  const { gain = 1 } = options;
  return scaledInitializer("glorotUniform", { gain, mode: "fan-average", distribution: "uniform" });
}

/**
 * Makes the normalized initializer in its normal form: `w ~ N(0, gain² · 2 / (m + n))` for m inputs and n outputs.
 *
 * @param options - The gain.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` when the gain is not a positive number.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { glorotNormal } from "@opt/init";
 *
 * const weight = glorotNormal()(key(1), [784, 128]);
 * ```
 *
 * @see Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, equation 12.
 */
export function glorotNormal(options: GlorotOptions = {}): Initializer {
  checkOptions("glorotNormal", options, ["gain"]);
  const { gain = 1 } = options;
  return scaledInitializer("glorotNormal", { gain, mode: "fan-average", distribution: "normal" });
}
