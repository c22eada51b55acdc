import { fail } from "../errors.ts";
import { describeValue } from "../options.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Leaf, StateTree, TensorTree, TreeStructure } from "./structure.ts";
import { joinPath, rebuild, walk } from "./structure.ts";

/**
 * Takes a tree apart into its leaves and their arrangement.
 *
 * @param tree - Nested plain arrays and objects with tensors or numbers at the leaves.
 * @returns The leaves in order and the structure for {@link treeUnflatten}.
 * @throws OptError `tree` for anything else at a leaf, with its path.
 *
 * @example
 * ```ts
 * import { treeFlatten, treeUnflatten, zeros } from "@opt/core";
 *
 * const { leaves, structure } = treeFlatten({ weight: zeros([2, 3]), bias: zeros([3]) });
 * const same = treeUnflatten(structure, leaves);
 * ```
 */
export function treeFlatten(tree: StateTree): { leaves: Leaf[]; structure: TreeStructure } {
  const leaves: Leaf[] = [];
  const structure = walk(tree, "", (leaf) => leaves.push(leaf));
  return { leaves, structure };
}

/** Puts leaves back into the arrangement that {@link treeFlatten} found. */
export function treeUnflatten(structure: TreeStructure, leaves: readonly Leaf[]): StateTree {
  let position = 0;
  // The structure has only leaves, lists and records, and every leaf comes from `leaves`.
  return rebuild(structure, () => leaves[position++]) as StateTree;
}

/** The leaves of a tree in order. */
export function treeLeaves(tree: TensorTree): Tensor[];
export function treeLeaves(tree: StateTree): Leaf[];
export function treeLeaves(tree: StateTree): Leaf[] {
  return treeFlatten(tree).leaves;
}

/** The path of each leaf in order: `layers[0].weight`. */
export function treePaths(tree: StateTree): string[] {
  const paths: string[] = [];
  walk(tree, "", (_, path) => paths.push(path));
  return paths;
}

function child(where: string, tree: unknown, key: string | number, path: string): unknown {
  if (typeof tree === "object" && tree !== null && Object.hasOwn(tree, key)) return (tree as Record<string | number, unknown>)[key];
  return fail("tree", `${where}: the trees differ in structure: ${joinPath(path, key)} is missing in one of them.`);
}

function checkSameKeys(where: string, keys: readonly (string | number)[], other: unknown, path: string): void {
  const otherKeys = typeof other === "object" && other !== null ? Object.keys(other) : [];
  const place = path === "" ? "the root" : path;
  if (other instanceof Tensor || typeof other !== "object" || other === null) {
    fail("tree", `${where}: the trees differ in structure at ${place}: one has a container, the other ${other instanceof Tensor ? "a tensor" : describeValue(other)}.`);
  }
  if (otherKeys.length > keys.length) {
    const extra = otherKeys.find((key) => !keys.some((known) => String(known) === key)) ?? "";
    fail("tree", `${where}: the trees differ in structure: ${joinPath(path, Array.isArray(other) ? Number(extra) : extra)} exists in only one of them.`);
  }
}

type MapFunction = (path: string, leaf: never, ...others: never[]) => unknown;

function mapNode(fn: MapFunction, path: string, tree: unknown, others: readonly unknown[]): unknown {
  if (tree instanceof Tensor || typeof tree === "number") {
    for (const other of others) {
      if (other instanceof Tensor || typeof other === "number") continue;
      fail("tree", `treeMap: the trees differ in structure at ${path === "" ? "the root" : path}: one has a leaf, the other ${describeValue(other)}.`);
    }
    return fn(path, tree as never, ...(others as never[]));
  }
  if (Array.isArray(tree)) {
    for (const other of others) checkSameKeys("treeMap", [...tree.keys()], other, path);
    return tree.map((item, index) =>
      mapNode(fn, joinPath(path, index), item, others.map((other) => child("treeMap", other, index, path))),
    );
  }
  if (typeof tree === "object" && tree !== null) {
    const keys = Object.keys(tree);
    for (const other of others) checkSameKeys("treeMap", keys, other, path);
    const result: Record<string, unknown> = {};
    for (const key of keys) {
      const items = others.map((other) => child("treeMap", other, key, path));
      result[key] = mapNode(fn, joinPath(path, key), (tree as Record<string, unknown>)[key], items);
    }
    return result;
  }
  if (tree === null || tree === undefined || typeof tree === "string" || typeof tree === "boolean") return tree;
  return fail("tree", `treeMap: ${path === "" ? "the tree" : path}: leaves are tensors or numbers; got ${describeValue(tree)}.`);
}

/**
 * Applies a function to the corresponding leaves of trees.
 *
 * @param fn - Gets the leaf of the first tree and the corresponding leaves of the others.
 * @param tree - The tree whose structure the result has.
 * @param others - Trees with the same structure.
 * @returns A tree with the function's results at the leaves.
 * @throws OptError `tree` with the path where the structures differ.
 *
 * @example
 * ```ts
 * import { tensor, treeMap } from "@opt/core";
 *
 * const params = { weight: tensor([1, 2]), bias: tensor(3) };
 * const doubled = treeMap((leaf) => leaf.mul(2), params);
 * ```
 */
export function treeMap<T extends TensorTree>(fn: (leaf: Tensor, ...others: Tensor[]) => Tensor, tree: T, ...others: readonly TensorTree[]): T;
export function treeMap(fn: (leaf: Leaf, ...others: Leaf[]) => Leaf, tree: StateTree, ...others: readonly StateTree[]): StateTree;
export function treeMap(fn: (leaf: never, ...others: never[]) => unknown, tree: unknown, ...others: readonly unknown[]): unknown {
  return mapNode((_path, leaf, ...rest) => fn(leaf, ...rest), "", tree, others);
}

/** As {@link treeMap}; the function gets the leaf's path first: `layers[0].weight`. */
export function treeMapWithPath<T extends TensorTree>(fn: (path: string, leaf: Tensor, ...others: Tensor[]) => Tensor, tree: T, ...others: readonly TensorTree[]): T;
export function treeMapWithPath(fn: (path: string, leaf: Leaf, ...others: Leaf[]) => Leaf, tree: StateTree, ...others: readonly StateTree[]): StateTree;
export function treeMapWithPath(fn: (path: string, leaf: never, ...others: never[]) => unknown, tree: unknown, ...others: readonly unknown[]): unknown {
  return mapNode(fn, "", tree, others);
}
