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

function readLeaf({ kind, shape, dtype }: LeafSignature, number: number): LeafReader {
  if (kind === "number") {
    return (tree, into) => {
      if (typeof tree !== "number") return false;
      into[number] = tree;
      return true;
    };
  }
  return (tree, into) => {
    if (!(tree instanceof Tensor) || tree.dtype !== dtype) return false;
    // What a compiled function returned has the very shape that it was traced with.
    if (tree.shape !== shape && !sameShape(tree.shape, shape)) return false;
    into[number] = tree;
    return true;
  };
}

function readList(items: readonly LeafReader[]): LeafReader {
  return (tree, into) => {
    if (!Array.isArray(tree) || tree.length !== items.length) return false;
    for (let index = 0; index < items.length; index++) {
      if (items[index]?.(tree[index], into) !== true) return false;
    }
    return true;
  };
}

function readRecord(keys: readonly string[], items: readonly LeafReader[]): LeafReader {
  return (tree, into) => {
    if (typeof tree !== "object" || tree === null || Object.getPrototypeOf(tree) !== Object.prototype) return false;
    const record = tree as Readonly<Record<string, unknown>>;
    for (let index = 0; index < keys.length; index++) {
      if (items[index]?.(record[keys[index] ?? ""], into) !== true) return false;
    }
    let count = 0;
    for (const _ in record) count++;
    return count === keys.length;
  };
}

/**
 * Makes the check of a compiled function's arguments: functions put together once for each trace, since this runs in every
 * step and a walk over descriptions of the tree would cost more than a small network's kernels.
 *
 * @param structure - The arrangement of the arguments.
 * @param signatures - Their leaves in order.
 * @returns A function that tells whether arguments fit, and collects their leaves.
 */
export function makeLeafReader(structure: TreeStructure, signatures: readonly LeafSignature[]): LeafReader {
  let number = 0;
  const make = (part: TreeStructure): LeafReader => {
    switch (part.kind) {
      case "leaf":
        return readLeaf(existing(signatures[number], "signature"), number++);
      case "fixed":
        return (tree) => Object.is(tree, part.value);
      case "list":
        return readList(part.items.map(make));
      case "record":
        return readRecord(part.keys, part.items.map(make));
    }
  };
  return make(structure);
}
