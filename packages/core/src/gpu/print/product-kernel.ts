import type { ProductKernel, ProgramBuffer } from "../program/device-program.ts";
import type { Dialect } from "./dialect.ts";
import { printElementKernel } from "./element-kernel.ts";
import type { KernelSource } from "./kernel-source.ts";

/**
 * Prints a matrix product, with what is made of its elements.
 *
 * @param kernel - The product.
 * @param buffers - The program's buffers.
 * @param dialect - The shading language of the functions in it.
 */
export function printProductKernel(kernel: ProductKernel, buffers: readonly ProgramBuffer[], dialect: Dialect): KernelSource {
  const { rows, columns, output, fused } = kernel;
  const finish = kernel.finish ?? { extents: [rows, columns], values: [{ kind: "product" as const, dtype: "f32" as const }], result: 0 };
  return printElementKernel({ kind: "elements", ...finish, reduced: finish.extents.map(() => false), output, fused }, buffers, dialect, kernel);
}
