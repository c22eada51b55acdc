import { checkOptions } from "@opt/core";
import type { Initializer } from "@opt/core";
import type { FanMode } from "./variance-scaling.ts";
import { scaledInitializer } from "./variance-scaling.ts";

/** Options of {@link lecunUniform} and {@link lecunNormal}. */
export interface LecunOptions {
  /** A factor on the standard deviation, > 0; see {@link gain}. Default 1. */
  readonly gain?: number;
  /** Default `fan-in`. */
  readonly mode?: FanMode;
}

/**
 * Makes LeCun's initializer in its uniform form: `w ~ U(−a, a)` with `a = gain · √(3 / m)` for m inputs.
 *
 * @param options - Gain and mode.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` for a gain that is not a positive number or an unknown mode.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { lecunUniform } from "@opt/init";
 *
 * const weight = lecunUniform()(key(1), [784, 128]);
 * ```
 *
 * @see LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, equation 16.
 */
export function lecunUniform(options: LecunOptions = {}): Initializer {
  checkOptions("lecunUniform", options, ["gain", "mode"]);
  const { gain = 1, mode = "fan-in" } = options;
  return scaledInitializer("lecunUniform", { gain, mode, distribution: "uniform" });
}

/**
 * Makes LeCun's initializer: `w ~ N(0, gain² / m)` for m inputs; the one that self-normalizing (selu) networks need.
 *
 * @param options - Gain and mode.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` for a gain that is not a positive number or an unknown mode.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { lecunNormal } from "@opt/init";
 *
 * const weight = lecunNormal()(key(1), [784, 128]);
 * ```
 *
 * @see LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, equation 16.
 */
export function lecunNormal(options: LecunOptions = {}): Initializer {
  checkOptions("lecunNormal", options, ["gain", "mode"]);
  const { gain = 1, mode = "fan-in" } = options;
  return scaledInitializer("lecunNormal", { gain, mode, distribution: "normal" });
}
