import { whileTracing } from "../compile/tracing.ts";
import { fail } from "../errors.ts";
import { onesLike, zerosLike } from "../ops/creation.ts";
import { treeDot } from "../protocols.ts";
import { sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TensorTree } from "../tree/structure.ts";
import { treeLeaves, treeMap, treeMapWithPath } from "../tree/tree.ts";
import { backward } from "./backward.ts";
import { grad, variables } from "./grad.ts";

/** Checks that a direction has the parameters' structure, shapes and dtypes. */
function checkDirection(where: string, params: TensorTree, direction: TensorTree): void {
  treeMapWithPath(
    (path, param: Tensor, along: Tensor) => {
      if (sameShape(param.shape, along.shape) && param.dtype === along.dtype) return param;
      const name = path === "" ? "the direction" : `the direction's ${path}`;
      return fail("shape", `${where}: ${name} must look like the parameter ${param.toString()}; got ${along.toString()}.`);
    },
    params,
    direction,
  );
}

/**
 * Jacobian-vector product: a function's value and its derivative along a direction, `J(θ) · v`.
 *
 * Reverse mode is linear in what flows in at the output, so differentiating *it* by that gives the forward derivative: no
 * primitive needs a second rule, and what only reverse mode needed is not computed.
 *
 * @param fn - A function from a tree of floating-point tensors, and anything else, to a tree of tensors.
 * @returns A function of `(params, direction, ...rest)` that returns `[value, J · direction]`.
 * @throws OptError `tree`, `shape` or `dtype` when the direction does not fit the parameters.
 * @see Townsend, "A new trick for calculating Jacobian vector products", 2017.
 *
 * @example
 * ```ts
 * import { jvp, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const [value, slope] = jvp((x: Tensor) => x.mul(x))(tensor([1, 2]), tensor([1, 1]));
 * slope.readSync(); // [2, 4]
 * ```
 */
export function jvp<P extends TensorTree, Rest extends readonly unknown[], Result extends TensorTree>(
  fn: (params: P, ...rest: Rest) => Result,
): (params: P, direction: P, ...rest: Rest) => [Result, Result] {
  return (params, direction, ...rest) =>
    whileTracing(() => {
      checkDirection("jvp", params, direction);
      const traced = variables("jvp", params);
      const result = fn(traced, ...rest);
      const targets = treeLeaves(traced);
      const along = treeLeaves(direction);
      const slopeOf = (output: Tensor): Tensor => {
        const seed = variables("jvp", zerosLike(output));
        const product = treeDot(backward(output, seed, targets), along);
        return backward(product, onesLike(product), [seed])[0] ?? zerosLike(output);
      };
      const slopes: TensorTree = treeMap(slopeOf, result);
      // treeMap keeps the structure.
      return [result, slopes as Result];
    });
}

/**
 * Hessian-vector product `H(θ) · v` of a loss, without ever forming H: the gradient of `gᵀv`.
 *
 * @param fn - A function of a tree of floating-point tensors, and anything else, that returns a rank-0 tensor.
 * @returns A function of `(params, direction, ...rest)` that returns a tree like the parameters.
 * @throws OptError `tree`, `shape` or `dtype` when the direction does not fit the parameters.
 * @see Pearlmutter, "Fast exact multiplication by the Hessian", 1994.
 *
 * @example
 * ```ts
 * import { hvp, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const cube = (x: Tensor) => x.pow(3).sum();
 * hvp(cube)(tensor([1, 2]), tensor([1, 1])).readSync(); // [6, 12]
 * ```
 */
export function hvp<P extends TensorTree, Rest extends readonly unknown[]>(
  fn: (params: P, ...rest: Rest) => Tensor,
): (params: P, direction: P, ...rest: Rest) => P {
  return (params, direction, ...rest) => {
    checkDirection("hvp", params, direction);
    return grad((traced: P) => treeDot(grad(fn)(traced, ...rest), direction))(params);
  };
}
