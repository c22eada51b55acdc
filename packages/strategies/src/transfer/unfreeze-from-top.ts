import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import type { Release } from "./gradual-unfreezing.ts";

/** Checks a list of paths from the bottom of a model to its top. */
export function checkPaths(where: string, paths: readonly string[]): void {
  const fits = Array.isArray(paths) && paths.length > 0 && paths.every((path) => typeof path === "string") && new Set(paths).size === paths.length;
  if (!fits) fail("option", `${where}({ paths }): must list different paths from the input's side to the output's, such as ["layers[0]", "layers[1]"]; got ${describeValue(paths)}.`);
}

/** Options of {@link unfreezeFromTop}. */
export interface UnfreezeFromTopOptions {
  /** The paths of the layers, from the input's side to the output's. */
  readonly paths: readonly string[];
  /** Steps from one release to the next, ≥ 1: the steps of an epoch, or of several. */
  readonly every: number;
  /** The step at which the topmost layer is released, ≥ 0. Default 0. */
  readonly start?: number;
}

/**
 * Makes the schedule that releases the topmost layer first and then one more below it every so many steps: layer i of n at
 * `start + (n − 1 − i) · every`.
 *
 * @param options - The layers and the times.
 * @returns The releases for {@link gradualUnfreezing}, as plain data.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { unfreezeFromTop } from "@opt/strategies";
 *
 * unfreezeFromTop({ paths: ["layers[0]", "layers[1]"], every: 100 });
 * // [{ path: "layers[0]", step: 100 }, { path: "layers[1]", step: 0 }]
 * ```
 * @see Howard and Ruder, "Universal language model fine-tuning for text classification", 2018, section 3.3.
 */
export function unfreezeFromTop(options: UnfreezeFromTopOptions): Release[] {
  checkOptions("unfreezeFromTop", options, ["paths", "every", "start"]);
  const { paths, every, start = 0 } = options;
  checkPaths("unfreezeFromTop", paths);
  checkNumber("unfreezeFromTop", "every", every, { min: 1, integer: true });
  checkNumber("unfreezeFromTop", "start", start, { min: 0, integer: true });
  return paths.map((path, index) => ({ path, step: start + (paths.length - 1 - index) * every }));
}
