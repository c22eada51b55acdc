import { checkOptions } from "@opt/core";
import type { Initializer } from "@opt/core";
import type { FanMode } from "./variance-scaling.ts";
import { scaledInitializer } from "./variance-scaling.ts";

/** Options of {@link heUniform} and {@link heNormal}. */
export interface HeOptions {
  /** A factor on the standard deviation, > 0. Default √2, the gain of relu; `gain("leaky-relu", slope)` for others. */
  readonly gain?: number;
  /** `fan-in` keeps the variance of the activations, `fan-out` that of the gradients. Default `fan-in`. */
  readonly mode?: FanMode;
}

/**
 * Makes He's initializer for rectified units in its uniform form: `w ~ U(−a, a)` with `a = gain · √(3 / m)` for m inputs,
 * √(6 / m) by default.
 *
 * @param options - Gain and mode.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` for a gain that is not a positive number or an unknown mode.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { heUniform } from "@opt/init";
 *
 * const weight = heUniform()(key(1), [784, 128]);
 * ```
 *
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equations 10 and 14.
 */
export function heUniform(options: HeOptions = {}): Initializer {
  checkOptions("heUniform", options, ["gain", "mode"]);
  const { gain = Math.SQRT2, mode = "fan-in" } = options;
  return scaledInitializer("heUniform", { gain, mode, distribution: "uniform" });
}

/**
 * Makes He's initializer for rectified units: `w ~ N(0, gain² / m)` for m inputs, variance 2 / m by default.
 *
 * @param options - Gain and mode.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` for a gain that is not a positive number or an unknown mode.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { heNormal } from "@opt/init";
 *
 * const weight = heNormal()(key(1), [784, 128]);
 * ```
 *
 * @see He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equations 10 and 14.
 */
export function heNormal(options: HeOptions = {}): Initializer {
  checkOptions("heNormal", options, ["gain", "mode"]);
  const { gain = Math.SQRT2, mode = "fan-in" } = options;
  return scaledInitializer("heNormal", { gain, mode, distribution: "normal" });
}
