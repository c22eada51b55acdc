import type { DeviceKernel } from "./device-program.ts";

/** The buffers that a kernel reads, each once. */
export function inputsOf(kernel: DeviceKernel): number[] {
  if (kernel.kind === "product") return [...new Set([kernel.a.buffer, kernel.b.buffer])];
  return [...new Set(kernel.values.flatMap((value) => (value.kind === "load" ? [value.buffer] : [])))];
}
