import type { BatchObjective, Tensor, TensorTree, TypedArray } from "@opt/core";
import { compile, describeValue, fail, fromArray, hvp, Tensor as TensorClass, treeFlatten, treePaths, treeUnflatten, valueAndGrad } from "@opt/core";
import type { SecondDerivative } from "../protocols.ts";
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

/** Lays out a tree of f32 and f64 tensors as one vector; `where` names it in messages. */
export function layoutOf<P extends TensorTree>(where: string, x0: P): Layout<P> {
  const { leaves, structure } = treeFlatten(x0);
  const paths = treePaths(x0);
  if (leaves.length === 0) fail("tree", `${where}: must hold at least one tensor; got none.`);
  const tensors = leaves.map((leaf, index) => {
    const path = paths[index] ?? "";
    const name = path === "" || path.startsWith("[") ? `${where}${path}` : `${where}.${path}`;
    if (!(leaf instanceof TensorClass)) return fail("dtype", `${name}: must be a tensor; got ${describeValue(leaf)}. Wrap it: tensor(value, { dtype: "f64" }).`);
    if (leaf.dtype !== "f64" && leaf.dtype !== "f32") return fail("dtype", `${name}: must be f64 or f32; got ${leaf.dtype}. Use cast(x, "f64").`);
    return { shape: leaf.shape, size: leaf.size, single: leaf.dtype === "f32", elements: leaf.readSync() };
  });
  const start = pack(tensors.map(({ elements }) => elements));
  const someSingle = tensors.some(({ single }) => single);
  const unpack = (x: Float64Array): P => {
    let offset = 0;
    const filled = tensors.map(({ shape, size, single }) => {
      const elements = x.slice(offset, offset + size);
      offset += size;
      return fromArray(single ? new Float32Array(elements) : elements, shape);
    });
    // Every leaf is replaced by one of its shape and dtype.
    return treeUnflatten(structure, filled) as P;
  };
  const round = (x: Float64Array): Float64Array => {
    let offset = 0;
    for (const { size, single } of tensors) {
      if (single) x.set(new Float32Array(x.subarray(offset, offset + size)), offset);
      offset += size;
    }
    return x;
  };
  return { start, unpack, round, precision: someSingle ? 2 ** -23 : Number.EPSILON };
}

/** A tensor function with its derivatives, compiled once each, when first needed. */
export function compiledObjective<P extends TensorTree>(fn: (params: P) => Tensor): BatchObjective<P> {
  return {
    value: compile(fn, { donate: [] }),
    valueAndGradient: compile(valueAndGrad(fn), { donate: [] }),
    hessianVector: compile(hvp(fn), { donate: [] }),
  };
}

/** The second derivatives that every tensor function has. */
export const tensorDerivatives: readonly SecondDerivative[] = ["hessian", "hessian-vector"];

/** The problem of minimizing a tensor function over a tree that is laid out as one vector. */
export function tensorProblem<P extends TensorTree>(objective: BatchObjective<P>, layout: Layout<P>): Problem {
  const { start, unpack, round, precision } = layout;
  const dimension = start.length;
  const counts = noEvaluations();
  return {
    dimension,
    has: tensorDerivatives,
    precision,
    counts,
    round,
    value(x) {
      counts.value++;
      return objective.value(unpack(x)).item();
    },
    gradient(x) {
      // The value comes with the gradient at hardly any cost.
      counts.gradient++;
      return packTree(objective.valueAndGradient(unpack(x))[1]);
    },
    valueAndGradient(x) {
      counts.value++;
      counts.gradient++;
      const [value, gradient] = objective.valueAndGradient(unpack(x));
      return { value: value.item(), gradient: packTree(gradient) };
    },
    hessian(x) {
      counts.hessian++;
      const at = unpack(x);
      const matrix = new Float64Array(dimension * dimension);
      for (let row = 0; row < dimension; row++) {
        const axis = new Float64Array(dimension);
        axis[row] = 1;
        // The matrix is symmetric: its columns are its rows.
        matrix.set(packTree(objective.hessianVector(at, unpack(axis))), row * dimension);
      }
      return matrix;
    },
    hessianVector(x, vector) {
      counts.hessianVector++;
      return packTree(objective.hessianVector(unpack(x), unpack(vector)));
    },
  };
}
