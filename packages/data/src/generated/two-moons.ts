import type { Dataset } from "../dataset.ts";
import { checkGenerator, drawPoints } from "./points.ts";
import type { PointOptions } from "./points.ts";

/**
 * Two half circles that reach into each other: class 0 at `(cos t, sin t)`, class 1 at `(1 − cos t, ½ − sin t)`, `t` uniform in [0, π).
 *
 * No straight line separates them.
 *
 * @param options - `count`, `key`, and `noise` (standard deviation, default 0.1).
 * @returns Inputs of shape `[2]`, targets 0 and 1.
 * @throws OptError `option`.
 * @see scikit-learn's `make_moons`, with the same geometry.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { twoMoons } from "@opt/data";
 *
 * twoMoons({ count: 200, key: key(1) }).inputShape; // [2]
 * ```
 */
export function twoMoons(options: PointOptions): Dataset {
  checkGenerator("twoMoons", options, ["noise"]);
  return drawPoints("twoMoons", { ...options, noise: options.noise ?? 0.1 }, 2, (label, random) => {
    const angle = random.uniform(0, Math.PI);
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    return label === 0 ? [x, y] : [1 - x, 0.5 - y];
  });
}
