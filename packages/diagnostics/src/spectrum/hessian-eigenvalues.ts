import type { Tensor, TensorTree } from "@opt/core";
import { compile, hvp } from "@opt/core";
import { checkFunction } from "../checks.ts";
import { layoutOf } from "../layout.ts";
import { eigenvaluesOf } from "./lanczos.ts";
import type { Eigenpair, Eigenvalues, EigenvaluesOptions } from "./protocols.ts";
import { checkEigenvaluesOptions } from "./protocols.ts";

/**
 * The largest and smallest eigenvalues of a loss's Hessian `H = ∂²L / ∂θ∂θᵀ`, by {@link lanczos} on Hessian-vector products; H is never formed.
 *
 * The largest eigenvalue bounds the learning rate of gradient descent, ε < 2/λ; a negative smallest one is a direction in which the loss
 * curves down. The arithmetic of the products is that of the parameters: with f32, values are good to about 1e-5 of the largest.
 *
 * @param loss - A function `(params, ...rest)` that returns a rank-0 tensor; it is compiled once.
 * @param options - How many, how exactly, with vectors or without. See {@link EigenvaluesOptions}.
 * @returns A function of `(params, ...rest)` that returns the {@link Eigenvalues}; vectors are trees like the parameters.
 * @throws OptError `option` for bad options; the function throws `dtype` or `tree` for parameters that are not of one floating-point
 * dtype.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { hessianEigenvalues } from "@opt/diagnostics";
 *
 * const loss = ({ x, y }: { x: Tensor; y: Tensor }) => x.mul(x).mul(2).sub(y.mul(y)).sum();
 * const { largest, smallest } = hessianEigenvalues(loss)({ x: tensor([1]), y: tensor([2]) });
 * largest[0]?.value ?? 0; // 4
 * smallest[0]?.value ?? 0; // -2
 * ```
 *
 * @see Pearlmutter, "Fast exact multiplication by the Hessian", 1994; Goodfellow, Bengio and Courville, Deep Learning, sections 4.3.1 and 8.2.1.
 */
export function hessianEigenvalues<P extends TensorTree, Rest extends readonly unknown[]>(
  loss: (params: P, ...rest: Rest) => Tensor,
  options: EigenvaluesOptions = {},
): (params: P, ...rest: Rest) => Eigenvalues<P> {
  checkFunction("hessianEigenvalues", "loss", loss, "(params, ...rest) => tensor");
  checkEigenvaluesOptions("hessianEigenvalues", options);
  const product = compile(hvp(loss), { donate: [] });
  return (params, ...rest) => {
    const { size, dtype, pack, unpack } = layoutOf("hessianEigenvalues", params);
    const multiply = (vector: Float64Array): Float64Array => pack(product(params, unpack(vector), ...rest));
    const found = eigenvaluesOf("hessianEigenvalues", multiply, size, options, dtype === "f32" ? 1e-4 : 1e-8);
    const asTree = ({ value, residual, vector }: Eigenpair<Float64Array>): Eigenpair<P> =>
      vector === undefined ? { value, residual } : { value, residual, vector: unpack(vector) };
    return { ...found, largest: found.largest.map(asTree), smallest: found.smallest.map(asTree) };
  };
}
