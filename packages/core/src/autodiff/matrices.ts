import { compile } from "../compile/compile.ts";
import { isTracing } from "../compile/tracing.ts";
import { fail } from "../errors.ts";
import { fromArray } from "../ops/creation.ts";
import type { DType } from "../tensor/dtype.ts";
import { makeArray } from "../tensor/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TensorTree } from "../tree/structure.ts";
import { treeFlatten, treeLeaves, treeUnflatten } from "../tree/tree.ts";
import { hvp, jvp } from "./jvp.ts";

/** The one dtype of a tree's tensors. */
function commonDType(where: string, tree: TensorTree): DType {
  const [first, ...others] = treeLeaves(tree);
  if (first === undefined) return fail("tree", `${where}: needs at least one tensor.`);
  const different = others.find((leaf) => leaf.dtype !== first.dtype);
  if (different !== undefined) fail("dtype", `${where}: all tensors must have one dtype; got ${first.dtype} and ${different.dtype}.`);
  return first.dtype;
}

function elementCount(tree: TensorTree): number {
  return treeLeaves(tree).reduce((total, leaf) => total + leaf.size, 0);
}

/** A tree like `params` that is 1 at one element, counted through all leaves, and 0 elsewhere. */
function basisDirection<P extends TensorTree>(params: P, position: number): P {
  const { leaves, structure } = treeFlatten(params);
  let first = 0;
  const directions = leaves.map((leaf) => {
    if (!(leaf instanceof Tensor)) return leaf;
    const elements = makeArray(leaf.dtype, leaf.size);
    if (position >= first && position < first + leaf.size) elements[position - first] = 1;
    first += leaf.size;
    return fromArray(elements, leaf.shape);
  });
  // The directions have the structure of the parameters by construction.
  return treeUnflatten(structure, directions) as P;
}

/** Forms a matrix of `columns` columns, each the flattened tree that `column` computes. */
function formMatrix(where: string, rows: number, columns: number, dtype: DType, column: (position: number) => TensorTree): Tensor {
  const elements = makeArray(dtype, rows * columns);
  for (let position = 0; position < columns; position++) {
    let row = 0;
    for (const leaf of treeLeaves(column(position))) {
      for (const element of leaf.readSync()) elements[row++ * columns + position] = element;
    }
    if (row !== rows) fail("shape", `${where}: the function must always return the same number of elements; got ${String(row)} after ${String(rows)}.`);
  }
  return fromArray(elements, [rows, columns]);
}

function checkNotTracing(where: string, instead: string): void {
  if (isTracing()) fail("trace", `${where}: forms its matrix column by column, so it cannot be traced. Use ${instead} inside traced functions.`);
}

/**
 * The Hessian matrix of a loss, `H[i, j] = ∂²f / ∂θᵢ ∂θⱼ` over all parameters in the order of `treeLeaves`. It takes one
 * Hessian-vector product for each parameter, compiled once; for large models use {@link hvp}.
 *
 * @param fn - A function of a tree of floating-point tensors of one dtype, and anything else, that returns a rank-0 tensor.
 * @returns A function of `(params, ...rest)` that returns a tensor [n, n].
 * @throws OptError `dtype` or `tree` for other parameters; `trace` inside a traced function.
 *
 * @example
 * ```ts
 * import { hessian, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const fn = (x: Tensor) => x.pow(3).sum();
 * hessian(fn)(tensor([1, 2])).readSync(); // [6, 0, 0, 12]
 * ```
 */
export function hessian<P extends TensorTree, Rest extends readonly unknown[]>(
  fn: (params: P, ...rest: Rest) => Tensor,
): (params: P, ...rest: Rest) => Tensor {
  const product = compile(hvp(fn), { donate: [] });
  return (params, ...rest) => {
    checkNotTracing("hessian", "hvp");
    const count = elementCount(params);
    return formMatrix("hessian", count, count, commonDType("hessian", params), (position) => product(params, basisDirection(params, position), ...rest));
  };
}

/**
 * The Jacobian matrix of a function, `J[i, j] = ∂yᵢ / ∂θⱼ` over all results and all parameters in the order of `treeLeaves`. It
 * takes one Jacobian-vector product for each parameter, compiled once.
 *
 * @param fn - A function from a tree of floating-point tensors of one dtype, and anything else, to a tree of tensors.
 * @returns A function of `(params, ...rest)` that returns a tensor [results, parameters].
 * @throws OptError `dtype` or `tree` for other parameters; `trace` inside a traced function.
 *
 * @example
 * ```ts
 * import { jacobian, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const fn = (x: Tensor) => x.mul(x);
 * jacobian(fn)(tensor([1, 2])).readSync(); // [2, 0, 0, 4]
 * ```
 */
export function jacobian<P extends TensorTree, Rest extends readonly unknown[], Result extends TensorTree>(
  fn: (params: P, ...rest: Rest) => Result,
): (params: P, ...rest: Rest) => Tensor {
  const product = compile(jvp(fn), { donate: [] });
  return (params, ...rest) => {
    checkNotTracing("jacobian", "jvp");
    const [value] = product(params, basisDirection(params, 0), ...rest);
    return formMatrix("jacobian", elementCount(value), elementCount(params), commonDType("jacobian", value), (position) => product(params, basisDirection(params, position), ...rest)[1]);
  };
}
