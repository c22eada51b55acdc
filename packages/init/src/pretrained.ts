import type { Initializer } from "@opt/core";
import { cast, clone, describeValue, fail, Tensor } from "@opt/core";

/**
 * Makes an initializer that copies a trained tensor: `w = value`.
 *
 * For whole models take {@link initializeFrom}.
 *
 * @param value - A floating-point tensor, which stays as it is.
 * @returns The initializer, for the tensor's own shape alone; it does not use its key.
 * @throws OptError `option` when the value is not a tensor; the initializer throws `shape` for another shape.
 *
 * @example
 * ```ts
 * import { key, tensor } from "@opt/core";
 * import { pretrained } from "@opt/init";
 *
 * const embedding = pretrained(tensor([[1, 2], [3, 4]]));
 * embedding(key(1), [2, 2]).readSync(); // [1, 2, 3, 4]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4: parameters learned for another task, even an unrelated one, often are a better start than
 * random ones.
 */
export function pretrained(value: Tensor): Initializer {
  if (!(value instanceof Tensor)) fail("option", `pretrained(value): must be a tensor; got ${describeValue(value)}.`);
  return (_key, shape, { dtype = "f32" } = {}) => {
    if (value.shape.join() !== shape.join()) fail("shape", `pretrained: the value has shape [${value.shape.join(", ")}]; the parameter must have it too, but is [${shape.join(", ")}].`);
    return value.dtype === dtype ? clone(value) : cast(value, dtype);
  };
}
