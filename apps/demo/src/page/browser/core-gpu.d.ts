// To be deleted, with ../gpu-placeholder.ts, as soon as @opt/core has this entry itself.
declare module "@opt/core/gpu" {
  import type { Backend } from "@opt/core";

  /** Makes a backend on the GPU; without a mode, on the best interface that there is. */
  export function gpu(options?: { readonly mode?: "webgpu" | "webgl2" }): Promise<Backend>;
}
