import type { DType, Shape, StateTree, Tree, TypedArray } from "@opt/core";
import { Tensor, tensor } from "@opt/core";

/** A tensor as plain data. */
export type PlainTensor = { readonly tensor: true; readonly dtype: DType; readonly shape: Shape; readonly values: readonly number[] };

/** A state as plain data: survives JSON and `structuredClone`. */
export type PlainTree = Tree<PlainTensor | number>;

/**
 * Reads a tree of tensors and numbers into plain data.
 *
 * @param tree - Parameters or an optimizer's state.
 * @returns The same arrangement with `{ tensor: true, dtype, shape, values }` for each tensor.
 *
 * @example
 * ```ts
 * import { zeros } from "@opt/core";
 * import { fromPlain, toPlain } from "@opt/testing";
 *
 * const state = { step: 3, moment: zeros([2]) };
 * const copy = fromPlain(JSON.parse(JSON.stringify(toPlain(state))));
 * ```
 */
export function toPlain(tree: StateTree): PlainTree {
  if (tree instanceof Tensor) return { tensor: true, dtype: tree.dtype, shape: [...tree.shape], values: Array.from(tree.readSync()) };
  if (typeof tree !== "object" || tree === null) return tree;
  if (Array.isArray(tree)) return (tree as readonly StateTree[]).map(toPlain);
  return Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, toPlain(child)]));
}

function isPlainTensor(value: PlainTree): value is PlainTensor {
  return typeof value === "object" && "tensor" in value && value.tensor === true;
}

function typedArray(plain: PlainTensor): TypedArray {
  if (plain.dtype === "f32") return Float32Array.from(plain.values);
  return plain.dtype === "f64" ? Float64Array.from(plain.values) : Int32Array.from(plain.values);
}

/** Makes the tensors again that {@link toPlain} read. */
export function fromPlain(plain: PlainTree): StateTree {
  if (typeof plain !== "object" || plain === null) return plain;
  if (isPlainTensor(plain)) return tensor(typedArray(plain), { shape: plain.shape });
  if (Array.isArray(plain)) return (plain as readonly PlainTree[]).map(fromPlain);
  return Object.fromEntries(Object.entries(plain).map(([name, child]) => [name, fromPlain(child)]));
}
