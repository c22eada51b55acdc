import { checkNumber, checkOptions, randomNormal, randomUniform } from "@opt/core";
import type { Initializer, Shape } from "@opt/core";
import { checkChoice } from "./choice.ts";
import { fans } from "./fans.ts";

/** What the variance is divided by: the fan in, the fan out, or the mean of both. */
export type FanMode = "fan-in" | "fan-out" | "fan-average";

/** The form of the distribution. */
export type Distribution = "uniform" | "normal";

/** Options of {@link varianceScaling}. */
export interface VarianceScalingOptions {
  /** A factor on the standard deviation, > 0. Default 1. */
  readonly gain?: number;
  /** Default `fan-in`. */
  readonly mode?: FanMode;
  /** Default `normal`. */
  readonly distribution?: Distribution;
}

const fanModes: readonly FanMode[] = ["fan-in", "fan-out", "fan-average"];
const distributions: readonly Distribution[] = ["uniform", "normal"];

function fanOf(mode: FanMode, shape: Shape): number {
  const { fanIn, fanOut } = fans(shape);
  if (mode === "fan-in") return fanIn;
  return mode === "fan-out" ? fanOut : (fanIn + fanOut) / 2;
}

/**
 * Makes the initializer that a family of named ones stands on; `where` names the member in messages.
 *
 * @internal
 */
export function scaledInitializer(where: string, options: Required<VarianceScalingOptions>): Initializer {
  const { gain, mode, distribution } = options;
  checkNumber(where, "gain", gain, { above: 0 });
  checkChoice(where, "mode", mode, fanModes);
  checkChoice(where, "distribution", distribution, distributions);
  return (key, shape, { dtype = "f32" } = {}) => {
    // A layer without connections has no weights, and any finite scale serves.
    const standardDeviation = gain / Math.sqrt(Math.max(fanOf(mode, shape), 1));
    if (distribution === "normal") return randomNormal(key, shape, { standardDeviation, dtype });
    const limit = Math.sqrt(3) * standardDeviation;
    return randomUniform(key, shape, { minimum: -limit, maximum: limit, dtype });
  };
}

/**
 * Makes an initializer of zero mean whose variance follows the layer's width: `Var(w) = gain² / fan`.
 *
 * The uniform form is `U(−a, a)` with `a = gain · √(3 / fan)`.
 *
 * @param options - Gain, which fan, and the form of the distribution.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` for a bad option; the initializer throws `shape` for fewer than two axes.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { gain, varianceScaling } from "@opt/init";
 *
 * const initializer = varianceScaling({ gain: gain("leaky-relu", 0.2), mode: "fan-out", distribution: "uniform" });
 * const weight = initializer(key(1), [784, 128]);
 * ```
 *
 * @see He et al., "Delving deep into rectifiers", 2015. JAX and Keras draw their "normal" members from a truncated normal
 * distribution; this one is not truncated, as PyTorch's.
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  checkOptions("varianceScaling", options, ["gain", "mode", "distribution"]);
  const { gain = 1, mode = "fan-in", distribution = "normal" } = options;
  return scaledInitializer("varianceScaling", { gain, mode, distribution });
}
