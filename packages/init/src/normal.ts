import { checkNumber, checkOptions, randomNormal } from "@opt/core";
import type { Initializer } from "@opt/core";

/** Options of {@link normal}. */
export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** ≥ 0. Default 0.05. */
  readonly standardDeviation?: number;
}

/**
 * Makes an initializer that draws every element from a normal distribution: `w ~ N(mean, standardDeviation²)`.
 *
 * @param options - Mean and standard deviation.
 * @returns The initializer.
 * @throws OptError `option` when one is not a number or the standard deviation is negative.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { normal } from "@opt/init";
 *
 * const weight = normal({ standardDeviation: 0.01 })(key(1), [784, 128]);
 * ```
 */
export function normal(options: NormalOptions = {}): Initializer {
  checkOptions("normal", options, ["mean", "standardDeviation"]);
  const { mean = 0, standardDeviation = 0.05 } = options;
  checkNumber("normal", "mean", mean);
  checkNumber("normal", "standardDeviation", standardDeviation, { min: 0 });
  return (key, shape, { dtype = "f32" } = {}) => randomNormal(key, shape, { mean, standardDeviation, dtype });
}
