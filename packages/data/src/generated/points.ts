import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import type { Key } from "@opt/core";

import type { Dataset } from "../dataset.ts";
import { randomSource } from "../random-source.ts";
import type { RandomSource } from "../random-source.ts";

/** What every generated set of points in the plane needs. */
export interface PointOptions {
  /** The number of examples; an integer ≥ 1. Classes take turns, so they differ by at most one. */
  readonly count: number;
  /** The key: the same key, the same points. */
  readonly key: Key;
  /** The standard deviation of the normal noise on both coordinates; ≥ 0. */
  readonly noise?: number;
}

/** Checks options that all generators share. */
export function checkGenerator(where: string, options: { readonly count: number; readonly key: Key }, names: readonly string[]): void {
  checkOptions(where, options, ["count", "key", ...names]);
  checkNumber(where, "count", options.count, { min: 1, integer: true });
  if (!Array.isArray(options.key)) fail("option", `${where}({ key }): must be a key; got ${describeValue(options.key)}. Use key(seed) of @opt/core.`);
}

/** Draws points of `classes` classes in turn: `place` gives a point without noise. */
export function drawPoints(
  where: string,
  options: PointOptions & { readonly noise: number },
  classes: number,
  place: (label: number, random: RandomSource) => readonly [number, number],
): Dataset {
  const noise = checkNumber(where, "noise", options.noise, { min: 0 });
  const random = randomSource(options.key, 1024);
  const inputs = new Float32Array(2 * options.count);
  const targets = new Int32Array(options.count);
  for (let index = 0; index < options.count; index++) {
    const label = index % classes;
    const [x, y] = place(label, random);
    inputs[2 * index] = x + random.normal(noise);
    inputs[2 * index + 1] = y + random.normal(noise);
    targets[index] = label;
  }
  return { size: options.count, inputs, inputShape: [2], targets, targetShape: [] };
}
