import type { Tensor, TensorTree } from "@opt/core";
import { abs, compile, equal, isFinite, max, mean, min, sqrt, square, sum, treeLeaves, treePaths, where } from "@opt/core";
import { checkParams } from "../checks.ts";

/** The distribution of a tensor's elements, in a few numbers. */
export interface TensorRange {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** The Euclidean norm `‖x‖₂`. */
  readonly norm: number;
  /** The share of elements that are exactly 0, in [0, 1]. */
  readonly zeros: number;
  /** How many elements are infinite or NaN. */
  readonly nonFinite: number;
}

/** The range of one tensor of a tree. */
export interface LeafRange extends TensorRange {
  /** Its path: `layers[0].weight`. */
  readonly path: string;
}

/** What is read of a tensor, still as tensors. */
export type RangeTensors = { readonly [Name in keyof TensorRange]: Tensor };

/** The share of elements for which a condition holds. */
export function share(condition: Tensor): Tensor {
  return mean(where(condition, 1, 0));
}

/** The numbers of a {@link TensorRange} while tracing. */
export function rangeOf(x: Tensor): RangeTensors {
  const center = mean(x);
  return {
    mean: center,
    standardDeviation: sqrt(mean(square(x.sub(center)))),
    minimum: min(x),
    maximum: max(x),
    norm: sqrt(sum(square(x))),
    zeros: share(equal(x, 0)),
    nonFinite: sum(where(isFinite(x), 0, 1)),
  };
}

/** Reads the numbers. */
export function readRange(tensors: RangeTensors): TensorRange {
  return {
    mean: tensors.mean.item(),
    standardDeviation: tensors.standardDeviation.item(),
    minimum: tensors.minimum.item(),
    maximum: tensors.maximum.item(),
    norm: tensors.norm.item(),
    zeros: tensors.zeros.item(),
    nonFinite: tensors.nonFinite.item(),
  };
}

/** For a tensor [batch, …, units], the share of units that are 0 for every example: they pass no gradient on to what made them. */
export function deadUnits(x: Tensor): Tensor {
  const others = Array.from({ length: Math.max(0, x.rank - 1) }, (_, axis) => axis);
  const largest = others.length === 0 ? abs(x) : max(abs(x), others);
  return share(equal(largest, 0));
}

/**
 * The range of every tensor of a tree: parameters, gradients, updates.
 *
 * @param tree - Floating-point tensors of one dtype.
 * @returns For each leaf its path, mean, standard deviation, extremes, norm, share of zeros and count of non-finite elements.
 * @throws OptError `tree` or `dtype` for other trees.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { treeRanges } from "@opt/diagnostics";
 *
 * const [weight] = treeRanges({ weight: tensor([[0, 1], [2, 5]]) });
 * weight?.mean ?? 0; // 2
 * weight?.maximum ?? 0; // 5
 * weight?.zeros ?? 0; // 0.25
 * ```
 */
export function treeRanges(tree: TensorTree): LeafRange[] {
  checkParams("treeRanges", "tree", tree);
  const paths = treePaths(tree);
  const ranges = compile((traced: TensorTree) => treeLeaves(traced).map(rangeOf), { donate: [] })(tree);
  return ranges.map((range, index) => ({ path: paths[index] ?? "", ...readRange(range) }));
}
