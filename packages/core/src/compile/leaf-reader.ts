import { existing } from "../errors.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { sameShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Leaf, TreeStructure } from "../tree/structure.ts";

/** What a compiled function was traced for: one leaf of its arguments. */
export interface LeafSignature {
  readonly kind: "tensor" | "number";
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The signature of a leaf. */
export function signatureOf(leaf: Leaf): LeafSignature {
  if (typeof leaf === "number") return { kind: "number", shape: [], dtype: "f64" };
  return { kind: "tensor", shape: leaf.shape, dtype: leaf.dtype };
}

/** Writes the leaves of a tree into a list, each at its number; false when the tree does not fit, with the list half filled. */
export type LeafReader = (tree: unknown, into: Leaf[]) => boolean;

/** What a container holds in one place: a leaf, with its number, or something else that has a reader of its own. */
type Item = { readonly signature: LeafSignature; readonly number: number } | LeafReader;

function readItem(item: Item | undefined, value: unknown, into: Leaf[]): boolean {
  if (typeof item === "function") return item(value, into);
  if (item === undefined) return false;
  const { signature: { kind, dtype, shape }, number } = item;
  if (value instanceof Tensor) {
    // What a compiled function returned has the very shape that it was traced with.
    if (kind !== "tensor" || value.dtype !== dtype || (value.shape !== shape && !sameShape(value.shape, shape))) return false;
    into[number] = value;
    return true;
  }
  if (typeof value !== "number" || kind !== "number") return false;
  into[number] = value;
  return true;
}

function readList(items: readonly Item[]): LeafReader {
  return (tree, into) => {
    if (!Array.isArray(tree) || tree.length !== items.length) return false;
    for (let index = 0; index < items.length; index++) if (!readItem(items[index], tree[index], into)) return false;
    return true;
  };
}

function readRecord(keys: readonly string[], items: readonly Item[]): LeafReader {
  return (tree, into) => {
    if (typeof tree !== "object" || tree === null || tree instanceof Tensor) return false;
    const record = tree as Readonly<Record<string, unknown>>;
    let count = 0;
    // Engines read what they enumerate without looking up its name; what a compiled function returned has the order of the trace.
    for (const key in record) {
      const index = key === keys[count] ? count : keys.indexOf(key);
      if (!readItem(items[index], record[key], into)) return false;
      count++;
    }
    return count === keys.length;
  };
}

/**
 * Makes the check of a compiled function's arguments: functions put together once for each trace, since this runs in every
 * step and a walk over descriptions of the tree would cost more than a small network's kernels.
 *
 * @param structure - The arrangement of the arguments, a list.
 * @param signatures - Their leaves in order.
 * @returns A function that tells whether arguments fit, and collects their leaves.
 */
export function makeLeafReader(structure: TreeStructure, signatures: readonly LeafSignature[]): LeafReader {
  let number = 0;
  const make = (part: TreeStructure): Item => {
    switch (part.kind) {
      case "leaf":
        return { signature: existing(signatures[number], "signature"), number: number++ };
      case "fixed":
        return (tree) => Object.is(tree, part.value);
      case "list":
        return readList(part.items.map(make));
      case "record":
        return readRecord(part.keys, part.items.map(make));
    }
  };
  const whole = make(structure);
  return (tree, into) => readItem(whole, tree, into);
}
