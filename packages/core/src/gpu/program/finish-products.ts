import type { KernelValue } from "../../compile/kernel.ts";
import type { DeviceKernel, DeviceProgram, ElementKernel, ProductKernel } from "./device-program.ts";
import { denseStrides, sameWalk } from "./device-program.ts";
import { inputsOf } from "./inputs.ts";

/** The kernel of a product that computes at once what an element kernel makes of it; undefined where it cannot. */
function finished(product: ProductKernel, kernel: ElementKernel): ProductKernel | undefined {
  const { extents, reduced, values, result, output, fused } = kernel;
  const counts = extents.map(() => true);
  const dense = { strides: denseStrides(extents, counts), offset: 0 };
  if (reduced.includes(true) || extents.reduce((size, extent) => size * extent, 1) !== product.rows * product.columns) return undefined;
  const body: KernelValue[] = [];
  for (const value of values) {
    const isProduct = value.kind === "load" && value.buffer === product.output;
    if (isProduct && !sameWalk(value.index, dense, extents)) return undefined;
    body.push(isProduct ? { kind: "product", dtype: "f32" } : value);
  }
  return { ...product, output, fused: [...product.fused, ...fused], finish: { extents, values: body, result } };
}

/**
 * Lets products be finished by what reads them, where one kernel alone does so.
 *
 * @param program - The program.
 * @param mayFinish - Whether a product's kernel can take more work than the product.
 * @param limit - How many buffers a kernel may read.
 */
export function finishProducts(program: DeviceProgram, mayFinish: (kernel: ProductKernel) => boolean, limit: number): DeviceProgram {
  const readers = new Map<number, DeviceKernel[]>();
  for (const kernel of program.kernels) {
    for (const buffer of inputsOf(kernel)) readers.set(buffer, [...(readers.get(buffer) ?? []), kernel]);
  }
  const replaced = new Map<DeviceKernel, ProductKernel>();
  const gone = new Set<DeviceKernel>();
  for (const kernel of program.kernels) {
    if (kernel.kind !== "product" || program.buffers[kernel.output]?.place.kind !== "temporary" || !mayFinish(kernel)) continue;
    const [reader, ...others] = readers.get(kernel.output) ?? [];
    if (reader?.kind !== "elements" || others.length > 0 || replaced.has(reader)) continue;
    const both = finished(kernel, reader);
    if (both === undefined || inputsOf(both).length > limit) continue;
    replaced.set(reader, both);
    gone.add(kernel);
  }
  return { ...program, kernels: program.kernels.flatMap((kernel) => (gone.has(kernel) ? [] : [replaced.get(kernel) ?? kernel])) };
}
