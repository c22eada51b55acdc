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

/** Where a walk is; undefined at the root. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

/** A place as a path, `layers[0].weight`: written out only when somebody wants to read it. */
export function showPlace(place: Place | undefined): string {
  if (place === undefined) return "";
  const before = showPlace(place.parent);
  if (typeof place.key === "number") return `${before}[${String(place.key)}]`;
  return before === "" ? place.key : `${before}.${place.key}`;
}

export function isLeaf(value: unknown): value is Leaf {
  return value instanceof Tensor || typeof value === "number";
}

export function isFixed(value: unknown): value is string | boolean | null | undefined {
  return value === null || value === undefined || typeof value === "string" || typeof value === "boolean";
}

/** Only objects written as literals are trees; class instances, maps and typed arrays are not. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Refuses what is no tree. */
export function failLeaf(value: unknown, place: Place | undefined): never {
  return fail("tree", `${place === undefined ? "the tree" : showPlace(place)}: leaves are tensors or numbers, in plain arrays and objects; got ${describeValue(value)}.`);
}

/** Visits the leaves in order with their places. */
export function visitLeaves(tree: unknown, visit: (leaf: Leaf, place: Place | undefined) => void, place?: Place): void {
  if (isLeaf(tree)) visit(tree, place);
  else if (Array.isArray(tree)) for (let key = 0; key < tree.length; key++) visitLeaves(tree[key], visit, { parent: place, key });
  else if (isRecord(tree)) for (const key of Object.keys(tree)) visitLeaves(tree[key], visit, { parent: place, key });
  else if (!isFixed(tree)) failLeaf(tree, place);
}

const leafStructure: TreeStructure = { kind: "leaf" };

/** The arrangement of a tree's leaves. */
export function structureOf(tree: unknown): TreeStructure {
  if (isLeaf(tree)) return leafStructure;
  if (isFixed(tree)) return { kind: "fixed", value: tree };
  if (Array.isArray(tree)) return { kind: "list", items: tree.map(structureOf) };
  if (!isRecord(tree)) return failLeaf(tree, undefined);
  const keys = Object.keys(tree);
  return { kind: "record", keys, items: keys.map((key) => structureOf(tree[key])) };
}

/** Rebuilds a tree from its arrangement and its leaves in order. */
export function rebuild(structure: TreeStructure, leaves: readonly unknown[]): unknown {
  let position = 0;
  const build = (part: TreeStructure): unknown => {
    switch (part.kind) {
      case "leaf":
        return leaves[position++];
      case "fixed":
        return part.value;
      case "list":
        return part.items.map(build);
      case "record": {
        const record: Record<string, unknown> = {};
        part.items.forEach((item, index) => (record[part.keys[index] ?? ""] = build(item)));
        return record;
      }
    }
  };
  return build(structure);
}
