import { fail } from "../errors.ts";
import { describeValue } from "../options.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Plain nested arrays and objects with values of one kind at the leaves. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

/** A tree of tensors: parameters, gradients, updates. Declare such types with `type`, not `interface`. */
export type TensorTree = Tree<Tensor>;

/** A tree of tensors and numbers: the state of optimizers. */
export type StateTree = Tree<Tensor | number>;

/** A leaf of any tree. */
export type Leaf = Tensor | number;

/**
 * The arrangement of a tree's leaves: plain data, equal for trees that can be walked together. `null`, `undefined`,
 * strings and booleans have no leaves: they belong to the arrangement.
 */
export type TreeStructure =
  | { readonly kind: "leaf" }
  | { readonly kind: "fixed"; readonly value: string | boolean | null | undefined }
  | { readonly kind: "list"; readonly items: readonly TreeStructure[] }
  | { readonly kind: "record"; readonly keys: readonly string[]; readonly items: readonly TreeStructure[] };

/** Appends a key to a path: `layers`, `[0]`, `.weight`. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${String(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function isLeaf(value: unknown): value is Leaf {
  return value instanceof Tensor || typeof value === "number";
}

function isFixed(value: unknown): value is string | boolean | null | undefined {
  return value === null || value === undefined || typeof value === "string" || typeof value === "boolean";
}

/** Only objects written as literals are trees; class instances, maps and typed arrays are not. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Visits the leaves in order with their paths and returns the arrangement. */
export function walk(tree: unknown, path: string, visit: (leaf: Leaf, path: string) => void): TreeStructure {
  if (isLeaf(tree)) {
    visit(tree, path);
    return { kind: "leaf" };
  }
  if (isFixed(tree)) return { kind: "fixed", value: tree };
  if (Array.isArray(tree)) {
    return { kind: "list", items: tree.map((item, index) => walk(item, joinPath(path, index), visit)) };
  }
  if (isRecord(tree)) {
    const keys = Object.keys(tree);
    return { kind: "record", keys, items: keys.map((key) => walk(tree[key], joinPath(path, key), visit)) };
  }
  const place = path === "" ? "the tree" : path;
  return fail("tree", `${place}: leaves are tensors or numbers, in plain arrays and objects; got ${describeValue(tree)}.`);
}

/**
 * Writes a tree's leaves into `into` from position `from`, if the tree has the given arrangement.
 *
 * @returns The position after the last leaf, or −1 when the arrangement differs.
 */
export function collectLeaves(tree: unknown, structure: TreeStructure, into: Leaf[], from: number): number {
  switch (structure.kind) {
    case "leaf": {
      if (!isLeaf(tree)) return -1;
      into[from] = tree;
      return from + 1;
    }
    case "fixed":
      return Object.is(tree, structure.value) ? from : -1;
    case "list": {
      if (!Array.isArray(tree) || tree.length !== structure.items.length) return -1;
      let position = from;
      for (let index = 0; index < structure.items.length && position >= 0; index++) {
        const item = structure.items[index];
        if (item !== undefined) position = collectLeaves(tree[index], item, into, position);
      }
      return position;
    }
    case "record": {
      if (!isRecord(tree)) return -1;
      let count = 0;
      for (const _ in tree) count++;
      if (count !== structure.keys.length) return -1;
      let position = from;
      for (let index = 0; index < structure.keys.length && position >= 0; index++) {
        const key = structure.keys[index];
        const item = structure.items[index];
        if (key === undefined || item === undefined || !(key in tree)) return -1;
        position = collectLeaves(tree[key], item, into, position);
      }
      return position;
    }
  }
}

/** Rebuilds a tree from its arrangement and the leaves that `next` hands out in order. */
export function rebuild(structure: TreeStructure, next: () => unknown): unknown {
  switch (structure.kind) {
    case "leaf":
      return next();
    case "fixed":
      return structure.value;
    case "list":
      return structure.items.map((item) => rebuild(item, next));
    case "record": {
      const record: Record<string, unknown> = {};
      structure.keys.forEach((key, index) => {
        const item = structure.items[index];
        if (item !== undefined) record[key] = rebuild(item, next);
      });
      return record;
    }
  }
}
