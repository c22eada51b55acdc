import type { Dialect } from "./dialect.ts";
import type { KernelSource } from "./kernel-source.ts";
import { SourceWriter } from "./kernel-source.ts";

/** A kernel without inputs, to see whether gpu.js gives away what it compiles. */
export function probeKernel(dialect: Dialect): KernelSource {
  const writer = new SourceWriter(dialect, 1);
  return writer.finish([`  return ${writer.call("qLowest")};`]);
}
