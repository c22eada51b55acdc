import { registerGpu } from "../compile/backends.ts";
import { fail } from "../errors.ts";
import { checkOptions, describeValue } from "../options.ts";
import type { GpuBackend } from "./device-backend.ts";
import { loadGpuJs } from "./gpujs.ts";
import type { GpuJsClass } from "./gpujs.ts";
import { openWebGl2 } from "./webgl2/open.ts";
import { openWebGpu } from "./webgpu/open.ts";

/** The ways in which a browser computes on a GPU. */
export type GpuMode = "webgpu" | "webgl2";

/** Options of {@link gpu}. */
export interface GpuOptions {
  /** Only this way. Default: WebGPU, and WebGL2 where there is none. */
  readonly mode?: GpuMode;
}

const openers: Readonly<Record<GpuMode, (gpujs: GpuJsClass) => Promise<GpuBackend>>> = {
  webgpu: openWebGpu,
  webgl2: (gpujs) => Promise.resolve(openWebGl2(gpujs)),
};

/**
 * Opens the GPU.
 *
 * @param options - Which way.
 * @returns A backend for `compile(fn, { backend })` and `setBackend`; from now on `"gpu"` names it there.
 * @throws OptError `backend` when gpu.js is missing or another version, or when no way works, with what was tried and why it failed.
 *
 * @example
 * ```ts no-run
 * import { compile, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { gpu } from "@opt/core/gpu";
 *
 * const backend = await gpu();
 * const twice = compile((x: Tensor) => x.mul(2), { backend });
 * await twice(tensor([1, 2])).read(); // [2, 4]
 * ```
 */
export async function gpu(options: GpuOptions = {}): Promise<GpuBackend> {
  checkOptions("gpu", options, ["mode"]);
  const { mode } = options;
  if (mode !== undefined && !Object.hasOwn(openers, mode)) fail("option", `gpu({ mode }): must be "webgpu" or "webgl2"; got ${describeValue(mode)}.`);
  const gpujs = await loadGpuJs();
  const tried: string[] = [];
  for (const way of mode === undefined ? (["webgpu", "webgl2"] as const) : [mode]) {
    try {
      const backend = await openers[way](gpujs);
      registerGpu(backend);
      return backend;
    } catch (error) {
      tried.push(`${way}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return fail("backend", `gpu(): no GPU can be used here. Tried ${tried.join("; ")}. The CPU backend needs none.`);
}
