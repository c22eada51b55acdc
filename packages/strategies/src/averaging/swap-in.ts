import type { StateTree, TensorTree } from "@opt/core";
import { checkOptions, clone } from "@opt/core";
import { checkFunction, checkLike } from "../check.ts";

/** A model as training leaves it: what `fit` returns, as far as an average takes its place. */
export type TrainedModel<Params extends TensorTree = TensorTree, Variables extends StateTree = StateTree> = {
  /** The parameters. */
  readonly params: Params;
  /** What belongs to them but is not trained by gradients, such as batch-normalization statistics; `{}` where there is none. */
  readonly variables: Variables;
};

/** Options of {@link swapIn}. */
export interface SwapInOptions<Params extends TensorTree, Variables extends StateTree> {
  /**
   * Makes the variables anew for the averaged parameters: `recalibrate` of `@opt/batchnorm` over training data. Default: they
   * stay as training left them.
   */
  readonly refresh?: (averaged: Params) => Variables | Promise<Variables>;
}

/** What {@link swapIn} gives: the averaged model, and the way back. */
export interface Swapped<Params extends TensorTree, Variables extends StateTree> extends TrainedModel<Params, Variables> {
  /** The model as it was, to train on with. */
  swapOut(): TrainedModel<Params, Variables>;
}

/**
 * Puts averaged parameters in the place of the trained ones for an evaluation or an export, and keeps the trained ones to go
 * on with.
 *
 * Statistics that batch normalization gathered belong to the weights they were gathered with; averaged weights need new
 * ones, and `refresh` is where they are made.
 *
 * @param trained - Parameters and variables in training, such as the result of `fit`.
 * @param averaged - The average of the parameters.
 * @param options - How variables are refreshed.
 * @returns The averaged model, with elements of its own, and `swapOut`, which returns the trained one as often as wanted.
 * @throws OptError `tree` when average and parameters differ in structure, `option` for an unknown option.
 * @see Izmailov and others, "Averaging weights leads to wider optima and better generalization", 2018, section 3.2.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { swapIn } from "@opt/strategies";
 *
 * const trained = { params: tensor([1]), variables: { mean: tensor([10]) } };
 * const model = await swapIn(trained, tensor([3]), { refresh: (params) => ({ mean: params.mul(10) }) });
 * model.params.readSync(); // [3]
 * model.variables.mean.readSync(); // [30]
 * model.swapOut().params.readSync(); // [1]
 * ```
 */
export async function swapIn<Params extends TensorTree, Variables extends StateTree>(
  trained: TrainedModel<Params, Variables>,
  averaged: Params,
  options: SwapInOptions<Params, Variables> = {},
): Promise<Swapped<Params, Variables>> {
  checkOptions("swapIn", options, ["refresh"]);
  const { refresh } = options;
  if (refresh !== undefined) checkFunction("swapIn", "refresh", refresh, "(averaged) => variables");
  checkLike("swapIn", "averaged", averaged, trained.params, "trained.params");
  // Training updates in place what it is given, so each side has elements of its own.
  const original = clone({ params: trained.params, variables: trained.variables });
  const params = clone(averaged);
  const variables = refresh === undefined ? clone(trained.variables) : await refresh(params);
  return { params, variables, swapOut: () => clone(original) };
}
