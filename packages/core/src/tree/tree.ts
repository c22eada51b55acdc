import { fail } from "../errors.ts";
import { describeValue } from "../options.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Leaf, Place, StateTree, TensorTree, TreeStructure } from "./structure.ts";
import { failLeaf, isFixed, isLeaf, rebuild, showPlace, structureOf, visitLeaves } from "./structure.ts";

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
  return { leaves: treeLeaves(tree), structure: structureOf(tree) };
}

/** Puts leaves back into the arrangement that {@link treeFlatten} found. */
export function treeUnflatten(structure: TreeStructure, leaves: readonly Leaf[]): StateTree {
  // The structure has only leaves, lists and records, and every leaf comes from `leaves`.
  return rebuild(structure, leaves) as StateTree;
}

/** The leaves of a tree in order. */
export function treeLeaves(tree: TensorTree): Tensor[];
export function treeLeaves(tree: StateTree): Leaf[];
export function treeLeaves(tree: StateTree): Leaf[] {
  const leaves: Leaf[] = [];
  visitLeaves(tree, (leaf) => leaves.push(leaf));
  return leaves;
}

/** The path of each leaf in order: `layers[0].weight`. */
export function treePaths(tree: StateTree): string[] {
  const paths: string[] = [];
  visitLeaves(tree, (_, place) => paths.push(showPlace(place)));
  return paths;
}

function failDifferent(place: Place | undefined, how: string): never {
  return fail("tree", `treeMap: the trees differ in structure at ${place === undefined ? "the root" : showPlace(place)}: ${how}.`);
}

/** Names what one tree has where another one has something else. */
function show(value: unknown): string {
  return value instanceof Tensor ? "a tensor" : describeValue(value);
}

function checkSameKeys(keys: readonly string[], other: unknown, place: Place | undefined): void {
  if (other instanceof Tensor || typeof other !== "object" || other === null) {
    return failDifferent(place, `one has a container, the other ${show(other)}`);
  }
  const otherKeys = Object.keys(other);
  if (otherKeys.length <= keys.length) return;
  const extra = otherKeys.find((key) => !keys.includes(key)) ?? "";
  failDifferent({ parent: place, key: Array.isArray(other) ? Number(extra) : extra }, "only one of them has it");
}

type MapFunction = (place: Place | undefined, leaf: never, others: readonly never[]) => unknown;

/** Maps what one place of a container holds, together with what the other containers have there. */
function mapChild(fn: MapFunction, place: Place, tree: object, others: readonly unknown[]): unknown {
  const { key } = place;
  const items = new Array<unknown>(others.length);
  for (let index = 0; index < items.length; index++) {
    const other = others[index] as Readonly<Record<string | number, unknown>>;
    items[index] = Object.hasOwn(other, key) ? other[key] : failDifferent(place, "only one of them has it");
  }
  return mapNode(fn, place, (tree as Readonly<Record<string | number, unknown>>)[key], items);
}

/** Loops instead of `map`: uncompiled steps spend much of their time here, and functions that remember their surroundings are made anew in each call. */
function mapNode(fn: MapFunction, place: Place | undefined, tree: unknown, others: readonly unknown[]): unknown {
  if (isLeaf(tree)) {
    for (const other of others) if (!isLeaf(other)) failDifferent(place, `one has a leaf, the other ${show(other)}`);
    return fn(place, tree as never, others as readonly never[]);
  }
  if (typeof tree !== "object" || tree === null) return isFixed(tree) ? tree : failLeaf(tree, place);
  const keys = Object.keys(tree);
  for (const other of others) checkSameKeys(keys, other, place);
  if (Array.isArray(tree)) {
    const list = new Array<unknown>(tree.length);
    for (let key = 0; key < list.length; key++) list[key] = mapChild(fn, { parent: place, key }, tree, others);
    return list;
  }
  const record: Record<string, unknown> = {};
  for (const key of keys) record[key] = mapChild(fn, { parent: place, key }, tree, others);
  return record;
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
  return mapNode((_place, leaf, rest) => fn(leaf, ...rest), undefined, tree, others);
}

/** As {@link treeMap}; the function gets the leaf's path first: `layers[0].weight`. */
export function treeMapWithPath<T extends TensorTree>(fn: (path: string, leaf: Tensor, ...others: Tensor[]) => Tensor, tree: T, ...others: readonly TensorTree[]): T;
export function treeMapWithPath(fn: (path: string, leaf: Leaf, ...others: Leaf[]) => Leaf, tree: StateTree, ...others: readonly StateTree[]): StateTree;
export function treeMapWithPath(fn: (path: string, leaf: never, ...others: never[]) => unknown, tree: unknown, ...others: readonly unknown[]): unknown {
  return mapNode((place, leaf, rest) => fn(showPlace(place), leaf, ...rest), undefined, tree, others);
}
