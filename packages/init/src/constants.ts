import { checkNumber, full } from "@opt/core";
import type { Initializer } from "@opt/core";

/**
 * Makes an initializer that sets every element to one value: `w = value`.
 *
 * @param value - Any finite number.
 * @returns The initializer; it does not use its key.
 * @throws OptError `option` when the value is not a finite number.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { constant } from "@opt/init";
 *
 * const bias = constant(0.1)(key(1), [128]);
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4: a small positive bias such as 0.1 keeps rectified
 * units away from saturation at the start.
 */
export function constant(value: number): Initializer {
  checkNumber("constant", "value", value);
  return (_key, shape, options) => full(shape, value, options);
}

/**
 * Makes an initializer that sets every element to 0, the usual start of a bias.
 *
 * @returns The initializer; it does not use its key.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { zeros } from "@opt/init";
 *
 * const bias = zeros()(key(1), [128]);
 * ```
 */
export function zeros(): Initializer {
  return constant(0);
}

/**
 * Makes an initializer that sets every element to 1, the usual start of a scale.
 *
 * @returns The initializer; it does not use its key.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { ones } from "@opt/init";
 *
 * const scale = ones()(key(1), [128]);
 * ```
 */
export function ones(): Initializer {
  return constant(1);
}
