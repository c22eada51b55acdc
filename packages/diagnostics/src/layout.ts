import type { FloatDType, Tensor, TensorTree } from "@opt/core";
import { fromArray, treeFlatten, treeLeaves, treeUnflatten } from "@opt/core";
import { checkParams } from "./checks.ts";

/** A tree of floating-point tensors seen as one vector, in the order of `treeLeaves`. */
export interface Layout<P extends TensorTree> {
  /** The number of elements. */
  readonly size: number;
  readonly dtype: FloatDType;
  /** The elements of a tree of this structure. */
  readonly pack: (tree: P) => Float64Array;
  /** The tree that holds the elements, rounded to its dtype. */
  readonly unpack: (vector: Float64Array) => P;
}

/** Lays out a tree of tensors of one floating-point dtype as one vector. */
export function layoutOf<P extends TensorTree>(where: string, params: P): Layout<P> {
  const dtype = checkParams(where, "params", params);
  const { leaves, structure } = treeFlatten(params);
  const shapes = (leaves as Tensor[]).map(({ shape, size: length }) => ({ shape, length }));
  const size = shapes.reduce((total, { length }) => total + length, 0);
  return {
    size,
    dtype,
    pack(tree) {
      const vector = new Float64Array(size);
      let offset = 0;
      for (const leaf of treeLeaves(tree)) {
        vector.set(leaf.readSync(), offset);
        offset += leaf.size;
      }
      return vector;
    },
    unpack(vector) {
      let offset = 0;
      const filled = shapes.map(({ shape, length }) => {
        const elements = vector.slice(offset, offset + length);
        offset += length;
        return fromArray(dtype === "f32" ? Float32Array.from(elements) : elements, shape);
      });
      // Every leaf is replaced by one of its shape and dtype.
      return treeUnflatten(structure, filled) as P;
    },
  };
}
