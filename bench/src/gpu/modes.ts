import type { GpuMode } from "@opt/core/gpu";

/** The ways to compute on a GPU, as the tables name them. */
export const modeNames: Readonly<Record<GpuMode, string>> = { webgpu: "WebGPU", webgl2: "WebGL2" };
