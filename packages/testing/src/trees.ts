import type { StateTree, TypedArray } from "@opt/core";
import { Tensor, treeFlatten, treePaths } from "@opt/core";

/** What a leaf holds: `shape` and `dtype` are those of a number's own kind for host scalars. */
export interface LeafContents {
  readonly path: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: TypedArray | number;
}

/** Reads every leaf of a tree, for comparisons that want path, dtype, shape and bits. */
export function readTree(tree: StateTree): LeafContents[] {
  const paths = treePaths(tree);
  return treeFlatten(tree).leaves.map((leaf, index) => {
    const path = paths[index] ?? "";
    if (!(leaf instanceof Tensor)) return { path, dtype: "number", shape: [], values: leaf };
    return { path, dtype: leaf.dtype, shape: leaf.shape, values: leaf.readSync() };
  });
}

/** Freezes the containers of a tree (not its tensors), so that writing into them throws. */
export function freezeTree<T extends StateTree>(tree: T): T {
  if (typeof tree !== "object" || tree === null || tree instanceof Tensor) return tree;
  for (const child of Object.values(tree)) freezeTree(child as StateTree);
  return Object.freeze(tree);
}
