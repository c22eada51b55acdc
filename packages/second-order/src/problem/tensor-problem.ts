import type { Tensor, TensorTree, TypedArray } from "@opt/core";
import { compile, describeValue, fail, fromArray, hessian, hvp, Tensor as TensorClass, treeFlatten, treePaths, treeUnflatten, valueAndGrad } from "@opt/core";
import type { Problem } from "./problem.ts";
import { noEvaluations } from "./problem.ts";

/** A tree of tensors laid out as one vector. */
export interface Layout<P extends TensorTree> {
  /** The elements that the tree had. */
  readonly start: Float64Array;
  /** The tree with other elements. */
  readonly unpack: (x: Float64Array) => P;
  /** Rounds elements, in place, to their leaves' dtypes. */
  readonly round: (x: Float64Array) => Float64Array;
  readonly precision: number;
}

/** The elements of all leaves one after the other. */
function pack(leaves: readonly TypedArray[]): Float64Array {
  const packed = new Float64Array(leaves.reduce((total, leaf) => total + leaf.length, 0));
  let offset = 0;
  for (const leaf of leaves) {
    packed.set(leaf, offset);
    offset += leaf.length;
  }
  return packed;
}

/** The elements of a tree one after the other, in the order of `treeLeaves`. */
function packTree(tree: TensorTree): Float64Array {
  return pack(treeFlatten(tree).leaves.map((leaf) => (leaf as Tensor).readSync()));
}

/** Lays out a tree of f32 and f64 tensors as one vector. */
export function layoutOf<P extends TensorTree>(x0: P): Layout<P> {
  const { leaves, structure } = treeFlatten(x0);
  const paths = treePaths(x0);
  if (leaves.length === 0) fail("tree", "minimize: x0: must hold at least one tensor; got none.");
  const tensors = leaves.map((leaf, index) => {
    const name = paths[index] === undefined || paths[index] === "" ? "x0" : `x0.${paths[index]}`;
    if (!(leaf instanceof TensorClass)) return fail("dtype", `minimize: ${name}: must be a tensor; got ${describeValue(leaf)}. Wrap it: tensor(value, { dtype: "f64" }).`);
    if (leaf.dtype !== "f64" && leaf.dtype !== "f32") return fail("dtype", `minimize: ${name}: must be f64 or f32; got ${leaf.dtype}. Use cast(x, "f64").`);
    return { shape: leaf.shape, size: leaf.size, single: leaf.dtype === "f32", elements: leaf.readSync() };
  });
  const start = pack(tensors.map(({ elements }) => elements));
  const someSingle = tensors.some(({ single }) => single);
  const unpack = (x: Float64Array): P => {
    let offset = 0;
    const filled = tensors.map(({ shape, size, single }) => {
      const elements = x.slice(offset, offset + size);
      offset += size;
      return fromArray(single ? Float32Array.from(elements) : elements, shape);
    });
    // Every leaf is replaced by one of its shape and dtype.
    return treeUnflatten(structure, filled) as P;
  };
  const round = (x: Float64Array): Float64Array => {
    if (!someSingle) return x;
    x.set(packTree(unpack(x)));
    return x;
  };
  return { start, unpack, round, precision: someSingle ? 2 ** -23 : Number.EPSILON };
}

/** The problem of minimizing a tensor function; it and its derivatives are compiled once each, when first needed. */
export function tensorProblem<P extends TensorTree>(fn: (params: P) => Tensor, layout: Layout<P>): Problem {
  const { start, unpack, round, precision } = layout;
  const counts = noEvaluations();
  const both = compile(valueAndGrad(fn), { donate: [] });
  const valueOnly = compile(fn, { donate: [] });
  const matrix = hessian(fn);
  const product = compile(hvp(fn), { donate: [] });
  const valueAndGradient = (x: Float64Array): { value: number; gradient: Float64Array } => {
    counts.value++;
    counts.gradient++;
    const [value, gradient] = both(unpack(x));
    return { value: value.item(), gradient: packTree(gradient) };
  };
  return {
    dimension: start.length,
    has: ["hessian", "hessian-vector"],
    precision,
    counts,
    round,
    value(x) {
      counts.value++;
      return valueOnly(unpack(x)).item();
    },
    gradient(x) {
      // The value comes with the gradient at hardly any cost.
      counts.gradient++;
      return packTree(both(unpack(x))[1]);
    },
    valueAndGradient,
    hessian(x) {
      counts.hessian++;
      return Float64Array.from(matrix(unpack(x)).readSync());
    },
    hessianVector(x, vector) {
      counts.hessianVector++;
      return packTree(product(unpack(x), unpack(vector)));
    },
  };
}
