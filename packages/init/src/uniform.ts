import { checkNumber, checkOptions, randomUniform } from "@opt/core";
import type { Initializer } from "@opt/core";

/** Options of {@link uniform}. */
export interface UniformOptions {
  /** The inclusive lower end. Default −0.05. */
  readonly minimum?: number;
  /** The exclusive upper end, ≥ minimum. Default 0.05. */
  readonly maximum?: number;
}

/**
 * Makes an initializer that draws every element uniformly: `w ~ U(minimum, maximum)`.
 *
 * @param options - The interval.
 * @returns The initializer.
 * @throws OptError `option` when an end is not a number or the interval is empty.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { uniform } from "@opt/init";
 *
 * const weight = uniform({ minimum: -0.1, maximum: 0.1 })(key(1), [784, 128]);
 * ```
 */
export function uniform(options: UniformOptions = {}): Initializer {
  checkOptions("uniform", options, ["minimum", "maximum"]);
  const { minimum = -0.05, maximum = 0.05 } = options;
  checkNumber("uniform", "minimum", minimum);
  checkNumber("uniform", "maximum", maximum, { min: minimum });
  return (key, shape, { dtype = "f32" } = {}) => randomUniform(key, shape, { minimum, maximum, dtype });
}
