import { checkNumber } from "@opt/core";

import type { Dataset } from "../dataset.ts";
import { checkGenerator, drawPoints } from "./points.ts";
import type { PointOptions } from "./points.ts";

/** Options of {@link spirals}. */
export interface SpiralOptions extends PointOptions {
  /** The number of arms; an integer ≥ 2. Default 3. */
  readonly classes?: number;
  /** How often an arm goes around; > 0. Default 0.75. */
  readonly turns?: number;
}

/**
 * Arms of a spiral around the origin, one per class: radius `r` uniform in [0, 1), angle `2π(turns · r + class / classes)`.
 *
 * @param options - See {@link SpiralOptions}; `noise` is 0.02 by default.
 * @returns Inputs of shape `[2]`, targets 0 … classes − 1.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { spirals } from "@opt/data";
 *
 * spirals({ count: 300, key: key(1), classes: 2, turns: 1.5 }).size; // 300
 * ```
 */
export function spirals(options: SpiralOptions): Dataset {
  checkGenerator("spirals", options, ["noise", "classes", "turns"]);
  const classes = checkNumber("spirals", "classes", options.classes ?? 3, { min: 2, integer: true });
  const turns = checkNumber("spirals", "turns", options.turns ?? 0.75, { above: 0 });
  return drawPoints("spirals", { ...options, noise: options.noise ?? 0.02 }, classes, (label, random) => {
    const radius = random.uniform(0, 1);
    const angle = 2 * Math.PI * (turns * radius + label / classes);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
