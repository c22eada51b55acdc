import type { Tensor, TensorTree } from "@opt/core";
import { clone, fail, treeLeaves, treeMapWithPath, treePaths } from "@opt/core";

/** A parameter that stays fresh, and why. */
export interface KeptFresh {
  readonly path: string;
  /** `no counterpart at this path`, or which shapes or dtypes differ. */
  readonly reason: string;
}

/** What {@link initializeFrom} gives. */
export interface InitializedFrom<Params extends TensorTree> {
  /** The trained parameters where there are any that fit, else the fresh ones. */
  readonly params: Params;
  /** The paths of what was taken from the trained model. */
  readonly taken: readonly string[];
  /** The parameters that stay fresh. */
  readonly kept: readonly KeptFresh[];
}

function show(leaf: Tensor): string {
  return `${leaf.dtype}[${leaf.shape.join(", ")}]`;
}

/**
 * Initializes a model from a trained one: every parameter that the trained model has too, at the same path with the same shape and dtype, is copied from it; the
 * others stay fresh.
 *
 * Look at `kept`: a renamed or resized layer that stays fresh by accident costs what was learned. To name what is taken, to rename it, and to make everything
 * else an error, there is `transferByPath` of `@opt/strategies`.
 *
 * @param trained - The parameters of the trained model, which stay as they are.
 * @param fresh - Fresh parameters of the new model.
 * @returns Parameters in the structure of `fresh`, and which of them came from where.
 * @throws OptError `tree` when nothing fits, with the paths of both.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { initializeFrom } from "@opt/init";
 * import { mlp } from "@opt/nn";
 *
 * const trained = mlp({ sizes: [8, 16, 10] }).init(key(1));
 * const { params, taken, kept } = initializeFrom(trained, mlp({ sizes: [8, 16, 3] }).init(key(2)));
 * taken; // ["layers[0].weight", "layers[0].bias"]
 * kept[0]?.reason; // "the trained one is f32[16, 10], this one f32[16, 3]"
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4.
 */
export function initializeFrom<Params extends TensorTree>(trained: TensorTree, fresh: Params): InitializedFrom<Params> {
  const trainedPaths = treePaths(trained);
  const found = new Map(treeLeaves(trained).map((leaf, index) => [trainedPaths[index] ?? "", leaf]));
  const taken: string[] = [];
  const kept: KeptFresh[] = [];
  const params = treeMapWithPath((path, leaf) => {
    const source = found.get(path);
    if (source !== undefined && show(source) === show(leaf)) {
      taken.push(path);
      return clone(source);
    }
    kept.push({ path, reason: source === undefined ? "no counterpart at this path" : `the trained one is ${show(source)}, this one ${show(leaf)}` });
    return leaf;
  }, fresh);
  if (taken.length > 0) return { params, taken, kept };
  const reasons = kept.slice(0, 4).map(({ path, reason }) => `${path}: ${reason}`);
  return fail("tree", `initializeFrom(trained, fresh): nothing of the trained model fits. ${reasons.join("; ")}. The trained model has ${trainedPaths.slice(0, 8).join(", ")}.`);
}
