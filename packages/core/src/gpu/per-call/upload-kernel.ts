import type { Dialect } from "../print/dialect.ts";
import type { KernelSource } from "../print/kernel-source.ts";
import { textureSize } from "../print/texture-layout.ts";

/** A kernel that puts an array into a buffer or texture as it is. */
export function uploadKernel(dialect: Dialect, quads: number): KernelSource {
  const [width] = textureSize(quads);
  const thread = dialect === "wgsl" ? "this.thread.x" : `(this.thread.y * ${String(width)} + this.thread.x)`;
  const elements = [0, 1, 2, 3].map((lane) => `a[4 * ${thread} + ${String(lane)}]`);
  return {
    source: `function(a) {\n  return [${elements.join(", ")}];\n}`,
    nativeFunctions: [],
    argumentTypes: { a: "Array" },
    inputs: [],
    scalars: [],
    quads,
    output: dialect === "wgsl" ? [quads] : textureSize(quads),
  };
}
