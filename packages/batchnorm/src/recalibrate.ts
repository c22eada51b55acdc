import type { Scalar, StateTree, TensorTree } from "@opt/core";
import { compile, describeValue, fail, scalar, Tensor, treeFlatten, treeUnflatten } from "@opt/core";

/** What {@link recalibrate} computes for a batch: a tree of the `statistics` of every normalization, each taken in training mode. */
export type StatisticsOf<Params extends TensorTree, Batch extends TensorTree, Statistics extends StateTree> = (params: Params, batch: Batch) => Statistics;

/** Takes one more batch into the means: tensors `m ← m + (b − m) / k`; the counts, which are numbers, become k. */
function takeIn<Statistics extends StateTree>(means: Statistics, batch: Statistics, batches: Scalar): Statistics {
  const total = treeFlatten(means);
  const one = treeFlatten(batch);
  const weight = scalar((k) => 1 / k, batches);
  const leaves = total.leaves.map((mean, index) => {
    const newest = one.leaves[index];
    return mean instanceof Tensor && newest instanceof Tensor ? mean.add(newest.sub(mean).mul(weight)) : batches;
  });
  // The leaves stand in the structure of the statistics.
  return treeUnflatten(total.structure, leaves) as Statistics;
}

/**
 * Refreshes running statistics: runs the network in training mode over batches with fixed parameters and takes the mean of what
 * every batch gives, `r = Σᵢ bᵢ / k`.
 *
 * Needed whenever the parameters that are used are not those that the running averages saw: after averaging weights (Polyak, SWA,
 * exponential averages), after training with `fit`, or for data from elsewhere.
 *
 * @param statistics - A function of parameters and a batch that returns a tree of the `statistics` which the `train` of every
 * normalization gives; it is compiled.
 * @param params - The parameters, which stay as they are.
 * @param batches - The batches; each counts once, so give batches of one size.
 * @returns A tree of the same structure to use as the state; `count` is the number of batches.
 * @throws OptError `data` when there is no batch; `option` for a bad argument.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { batchNorm, recalibrate } from "@opt/batchnorm";
 *
 * const norm = batchNorm({ features: 1 });
 * const { params, state } = norm.init();
 * const batches = [tensor([[1], [3]]), tensor([[5], [7]])];
 * const fresh = recalibrate((averaged: typeof params, x: Tensor) => norm.train(averaged, state, x).statistics, params, batches);
 * fresh.mean.readSync(); // [4]
 * fresh.variance.readSync(); // [2]
 * ```
 *
 * @see Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018, section 3.2; PyTorch's
 * `torch.optim.swa_utils.update_bn`, which takes the same mean of the batches' variances.
 */
export function recalibrate<Params extends TensorTree, Batch extends TensorTree, Statistics extends StateTree>(
  statistics: StatisticsOf<Params, Batch, Statistics>,
  params: Params,
  batches: Iterable<Batch>,
): Statistics {
  if (typeof statistics !== "function") fail("option", `recalibrate(statistics): must be a function (params, batch) => statistics; got ${describeValue(statistics)}.`);
  const first = compile(statistics, { donate: [] });
  const next = compile((means: Statistics, count: number, own: Params, batch: Batch): Statistics => takeIn(means, statistics(own, batch), count), { donate: [0] });
  let means: Statistics | undefined;
  let count = 0;
  for (const batch of batches) {
    count++;
    means = means === undefined ? first(params, batch) : next(means, count, params, batch);
  }
  return means ?? fail("data", "recalibrate(statistics, params, batches): needs one batch or more; got none.");
}
