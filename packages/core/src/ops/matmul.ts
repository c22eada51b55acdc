import { apply } from "../graph/apply.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { asTensor } from "./operands.ts";

/**
 * The matrix product `C[i, j] = Σ_k A[i, k] · B[k, j]`. Transposed operands cost nothing extra: they are read in place.
 *
 * @param a - A matrix [m, k].
 * @param b - A matrix [k, n] of the same floating-point dtype.
 * @returns The product [m, n].
 * @throws OptError `shape` or `dtype` when the operands do not fit.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@opt/core";
 *
 * matmul(tensor([[1, 2]]), tensor([[3], [4]])).item(); // 11
 * ```
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return apply({ name: "matmul" }, [asTensor("matmul", a), asTensor("matmul", b)]);
}
