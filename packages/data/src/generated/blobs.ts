import { checkNumber } from "@opt/core";

import type { Dataset } from "../dataset.ts";
import { checkGenerator, drawPoints } from "./points.ts";
import type { PointOptions } from "./points.ts";

/** Options of {@link blobs}. */
export interface BlobOptions extends PointOptions {
  /** The number of clouds; an integer ≥ 1. Default 3. */
  readonly classes?: number;
  /** The distance of their centers from the origin; ≥ 0. Default 1. */
  readonly radius?: number;
}

/**
 * Round normal clouds with their centers spread evenly over a circle: the easy problem, which a linear classifier solves.
 *
 * @param options - See {@link BlobOptions}; `noise`, the standard deviation of a cloud, is 0.2 by default.
 * @returns Inputs of shape `[2]`, targets 0 … classes − 1.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { blobs } from "@opt/data";
 *
 * blobs({ count: 90, key: key(1) }).targets.slice(0, 4); // [0, 1, 2, 0]
 * ```
 */
export function blobs(options: BlobOptions): Dataset {
  checkGenerator("blobs", options, ["noise", "classes", "radius"]);
  const classes = checkNumber("blobs", "classes", options.classes ?? 3, { min: 1, integer: true });
  const radius = checkNumber("blobs", "radius", options.radius ?? 1, { min: 0 });
  return drawPoints("blobs", { ...options, noise: options.noise ?? 0.2 }, classes, (label) => {
    const angle = (2 * Math.PI * label) / classes;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
