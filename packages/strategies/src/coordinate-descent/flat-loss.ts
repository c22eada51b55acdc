import type { TensorTree } from "@opt/core";
import { compile, describeValue, fail, fromArray, hvp, Tensor, treeFlatten, treeLeaves, treeUnflatten, valueAndGrad } from "@opt/core";
import type { Loss } from "../solve.ts";

/** Value and gradient at a point, and the product of the Hessian there with a direction. */
export interface Probe {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly product: Float64Array;
}

/** A loss of a tree as a function of one flat array, compiled. */
export interface FlatLoss<Params extends TensorTree> {
  /** Where to start. */
  readonly start: Float64Array;
  /** The relative rounding error of the parameters' dtype. */
  readonly precision: number;
  value(x: Float64Array): number;
  gradient(x: Float64Array): { readonly value: number; readonly gradient: Float64Array };
  probe(x: Float64Array, direction: Float64Array): Probe;
  /** The point as a tree like the parameters. */
  tree(x: Float64Array): Params;
  /** How often the loss was computed, with or without derivatives. */
  evaluations(): number;
}

function flatten(tree: TensorTree, size: number): Float64Array {
  const flat = new Float64Array(size);
  let first = 0;
  for (const leaf of treeLeaves(tree)) {
    flat.set(leaf.readSync(), first);
    first += leaf.size;
  }
  return flat;
}

/** Compiles a loss, its gradient and its Hessian-vector product for flat arrays. */
export function flatLoss<Params extends TensorTree>(where: string, loss: Loss<Params>, params: Params): FlatLoss<Params> {
  const { leaves, structure } = treeFlatten(params);
  const tensors = leaves.filter((leaf) => leaf instanceof Tensor);
  const size = tensors.reduce((total, leaf) => total + leaf.size, 0);
  const tree = (x: Float64Array): Params => {
    let first = 0;
    const parts = tensors.map((leaf) => {
      const elements = x.subarray(first, (first += leaf.size));
      return fromArray(leaf.dtype === "f64" ? elements.slice() : Float32Array.from(elements), leaf.shape);
    });
    // The parts have the structure of the parameters by construction.
    return treeUnflatten(structure, parts) as Params;
  };
  const call = (traced: Params): Tensor => {
    const value: unknown = loss(traced);
    if (value instanceof Tensor && value.size === 1) return value;
    return fail("shape", `${where}(loss): must return a single number as a tensor; got ${value instanceof Tensor ? `shape [${value.shape.join(", ")}]` : describeValue(value)}. Take its mean() or sum().`);
  };
  const computeValue = compile(call, { donate: [] });
  const computeGradient = compile((at: Params) => valueAndGrad(call)(at), { donate: [] });
  const computeProbe = compile((at: Params, direction: Params) => [...valueAndGrad(call)(at), hvp(call)(at, direction)] as const, { donate: [] });
  let evaluations = 0;
  return {
    start: flatten(params, size),
    precision: tensors.some((leaf) => leaf.dtype === "f32") ? 2 ** -23 : 2 ** -52,
    value: (x) => {
      evaluations++;
      return computeValue(tree(x)).item();
    },
    gradient: (x) => {
      evaluations++;
      const [value, gradient] = computeGradient(tree(x));
      return { value: value.item(), gradient: flatten(gradient, size) };
    },
    probe: (x, direction) => {
      evaluations++;
      const [value, gradient, product] = computeProbe(tree(x), tree(direction));
      return { value: value.item(), gradient: flatten(gradient, size), product: flatten(product, size) };
    },
    tree,
    evaluations: () => evaluations,
  };
}
