import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, treeMapWithPath, treePaths } from "@opt/core";
import { failUnknownPath, isUnder, longestAncestor } from "./paths.ts";
import { checkPaths } from "./unfreeze-from-top.ts";

/** Options of {@link layerwiseDecay}. */
export interface LayerwiseDecayOptions {
  /** The paths of the layers, from the input's side to the output's. */
  readonly paths: readonly string[];
  /** The factor λ in (0, 1] from each layer to the one below it; 1 / 2.6 in the paper. */
  readonly decay: number;
}

/**
 * Scales updates so that lower layers learn more slowly: `u ← λ^(n−1−i) u` for the parameters of layer i of n; parameters under none of the
 * paths keep their updates. Placed after an optimizer it is a learning rate for each layer, `εᵢ = λ^(n−1−i) ε`.
 *
 * @param options - The layers and λ.
 * @returns A transform without state, for the end of a chain.
 * @throws OptError `option` for bad options; `tree` from init and update for a path that names nothing.
 *
 * @example
 * ```ts
 * import { adam, chain } from "@opt/first-order";
 * import { layerwiseDecay } from "@opt/strategies";
 *
 * const optimizer = chain(adam(), layerwiseDecay({ paths: ["layers[0]", "layers[1]", "layers[2]"], decay: 0.5 }));
 * ```
 * @see Howard and Ruder, "Universal language model fine-tuning for text classification", 2018, section 3.2.
 */
export function layerwiseDecay(options: LayerwiseDecayOptions): Optimizer<Readonly<Record<string, never>>> {
  checkOptions("layerwiseDecay", options, ["paths", "decay"]);
  const { paths, decay } = options;
  checkPaths("layerwiseDecay", paths);
  checkNumber("layerwiseDecay", "decay", decay, { above: 0, max: 1 });
  const checkParams = (params: TensorTree): void => {
    const leafPaths = treePaths(params);
    const unknown = paths.find((path) => !leafPaths.some((leafPath) => isUnder(leafPath, path)));
    if (unknown !== undefined) failUnknownPath("layerwiseDecay({ paths })", "the parameters", unknown, leafPaths);
  };
  return {
    init: (params: TensorTree) => {
      checkParams(params);
      return {};
    },
    update<P extends TensorTree>(gradients: P, state: Readonly<Record<string, never>>, params: P): { updates: P; state: Readonly<Record<string, never>> } {
      checkParams(params);
      const updates = treeMapWithPath((path, update) => {
        const layer = longestAncestor(path, paths);
        const factor = layer < 0 ? 1 : decay ** (paths.length - 1 - layer);
        return factor === 1 ? update : update.mul(factor);
      }, gradients);
      return { updates, state };
    },
  };
}
