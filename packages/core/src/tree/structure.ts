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
