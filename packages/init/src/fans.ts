import { fail } from "@opt/core";
import type { Shape } from "@opt/core";

/** How many inputs feed one output of a layer and how many outputs one input feeds. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Counts the connections of a weight tensor: a dense weight [m, n] has fan in m and fan out n; leading axes are the window
 * of a convolution, [...window, channels in, channels out], and multiply both.
 *
 * @param shape - The weight's shape, of two or more axes.
 * @returns Fan in and fan out.
 * @throws OptError `shape` for fewer than two axes, because a bias has no fans.
 *
 * @example
 * ```ts
 * import { fans } from "@opt/init";
 *
 * fans([784, 128]); // { fanIn: 784, fanOut: 128 }
 * fans([3, 3, 16, 32]); // { fanIn: 144, fanOut: 288 }
 * ```
 */
export function fans(shape: Shape): Fans {
  const inputs = shape.at(-2);
  const outputs = shape.at(-1);
  if (inputs === undefined || outputs === undefined) {
    return fail("shape", `fans(shape): needs two or more axes, [fan in, fan out]; got [${shape.join(", ")}]. Use zeros() or constant(value) for a bias.`);
  }
  const window = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return { fanIn: window * inputs, fanOut: window * outputs };
}
