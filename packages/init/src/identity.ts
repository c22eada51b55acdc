import { checkNumber, checkOptions, fail, tensor } from "@opt/core";
import type { Initializer } from "@opt/core";

/** Options of {@link identity}. */
export interface IdentityOptions {
  /** What stands on the diagonal. Default 1. */
  readonly gain?: number;
}

/**
 * Makes an initializer of identity matrices: `W[i, j] = gain` where i = j, else 0. Where W is not square, the further rows or columns are 0.
 *
 * A recurrent layer of rectified units that starts from it keeps its state, and gradients, unchanged through time.
 *
 * @param options - The gain.
 * @returns The initializer, for weights of two axes; it does not use its key.
 * @throws OptError `option` when the gain is not a finite number; the initializer throws `shape` for other than two axes.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { identity } from "@opt/init";
 *
 * identity({ gain: 2 })(key(1), [2, 3]).readSync(); // [2, 0, 0, 0, 2, 0]
 * ```
 *
 * @see Le, Jaitly and Hinton, "A simple way to initialize recurrent networks of rectified linear units", 2015.
 */
export function identity(options: IdentityOptions = {}): Initializer {
  checkOptions("identity", options, ["gain"]);
  const gain = checkNumber("identity", "gain", options.gain ?? 1);
  return (_key, shape, { dtype = "f32" } = {}) => {
    const [rows, columns] = shape;
    if (rows === undefined || columns === undefined || shape.length !== 2) return fail("shape", `identity: needs two axes, [fan in, fan out]; got [${shape.join(", ")}].`);
    const data = dtype === "f64" ? new Float64Array(rows * columns) : new Float32Array(rows * columns);
    for (let index = 0; index < Math.min(rows, columns); index++) data[index * columns + index] = gain;
    return tensor(data, { shape });
  };
}
