import type { TensorTree } from "@opt/core";
import { checkOptions, clone, treeMap } from "@opt/core";
import { checkFunction } from "../check.ts";

/** Options of {@link swapIn}. */
export interface SwapInOptions<Params extends TensorTree> {
  /**
   * Makes anew what belongs to the parameters but is no average of them, above all batch-normalization statistics: runs the
   * averaged model over training data and returns the parameters to use.
   */
  readonly refresh?: (params: Params) => Params | Promise<Params>;
}

/** What {@link swapIn} gives: parameters to use, and the way back. */
export interface Swapped<Params extends TensorTree> {
  /** The averaged parameters, refreshed, with elements of their own. */
  readonly params: Params;
  /** The parameters as they were, to train on with. */
  swapOut(): Params;
}

/**
 * Puts averaged parameters in the place of the trained ones for an evaluation or an export, and keeps the trained ones to go
 * on with.
 *
 * Statistics that batch normalization gathered belong to the weights they were gathered with; averaged weights need new
 * ones, and `refresh` is where they are made.
 *
 * @param params - The parameters in training.
 * @param averaged - Their average.
 * @param options - A hook to refresh statistics.
 * @returns The averaged parameters, and `swapOut`, which returns the trained ones as often as wanted.
 * @throws OptError `tree` when the two trees differ, `option` for an unknown option.
 * @see Izmailov and others, "Averaging weights leads to wider optima and better generalization", 2018, section 3.2.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { swapIn } from "@opt/strategies";
 *
 * const swapped = await swapIn(tensor([1]), tensor([3]), { refresh: (params) => params.add(0.5) });
 * swapped.params.readSync(); // [3.5]
 * swapped.swapOut().readSync(); // [1]
 * ```
 */
export async function swapIn<Params extends TensorTree>(params: Params, averaged: Params, options: SwapInOptions<Params> = {}): Promise<Swapped<Params>> {
  checkOptions("swapIn", options, ["refresh"]);
  if (options.refresh !== undefined) checkFunction("swapIn", "refresh", options.refresh, "(params) => params");
  const original = clone(params);
  const copy = clone(treeMap((_param, average) => average, params, averaged));
  const refreshed = options.refresh === undefined ? copy : await options.refresh(copy);
  return { params: refreshed, swapOut: () => clone(original) };
}
