export type { GpuBackend } from "./gpu/device-backend.ts";
export { gpu } from "./gpu/open-gpu.ts";
export type { GpuMode, GpuOptions } from "./gpu/open-gpu.ts";
export { toGpu } from "./gpu/transfer.ts";
