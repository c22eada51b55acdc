import { fromArray } from "../ops/creation.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { StateTree } from "../tree/structure.ts";
import { treeFlatten, treeUnflatten } from "../tree/tree.ts";

/** A tree of the same structure with other leaves of the same kinds. */
export async function mapLeaves<T extends StateTree>(tree: T, change: (leaf: Tensor) => Promise<Tensor>): Promise<T> {
  const { leaves, structure } = treeFlatten(tree);
  const changed = await Promise.all(leaves.map((leaf) => (leaf instanceof Tensor ? change(leaf) : Promise.resolve(leaf))));
  // Every leaf is replaced by a leaf of its kind, so the type stays.
  return treeUnflatten(structure, changed) as T;
}

/**
 * Copies a tree of tensors into the host's memory, where the CPU backend computes with it and `readSync` reads it.
 *
 * @param tree - Tensors, on any backend, and numbers.
 * @returns A tree of the same structure; the original is left alone.
 *
 * @example
 * ```ts
 * import { tensor, toHost } from "@opt/core";
 *
 * const params = await toHost({ weight: tensor([1, 2]) });
 * params.weight.readSync(); // [1, 2]
 * ```
 */
export function toHost<T extends StateTree>(tree: T): Promise<T> {
  return mapLeaves(tree, async (leaf) => fromArray(await leaf.read(), leaf.shape));
}
