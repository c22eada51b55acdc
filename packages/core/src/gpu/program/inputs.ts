import type { DeviceKernel } from "./device-program.ts";

/** The buffers that a kernel reads, each once. */
export function inputsOf(kernel: DeviceKernel): number[] {
  const operands = kernel.kind === "product" ? [kernel.a.buffer, kernel.b.buffer] : [];
  const values = kernel.kind === "product" ? (kernel.finish?.values ?? []) : kernel.values;
  return [...new Set([...operands, ...values.flatMap((value) => (value.kind === "load" ? [value.buffer] : []))])];
}
