import { fail } from "../../errors.ts";
import type { GpuJsClass } from "../gpujs.ts";
import { WebGpuDevice } from "./device.ts";

/**
 * Opens a WebGPU device with all the memory and bindings that the adapter allows.
 *
 * @throws OptError `backend` where there is no WebGPU or no adapter.
 */
export async function openWebGpu(gpujs: GpuJsClass): Promise<WebGpuDevice> {
  // Types say that it is always there; older browsers and Node know better.
  const { gpu } = (globalThis as { readonly navigator?: { readonly gpu?: GPU } }).navigator ?? {};
  if (gpu === undefined) return fail("backend", "there is no navigator.gpu");
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return fail("backend", "there is navigator.gpu, but no adapter");
  const { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } });
  return new WebGpuDevice(device, new gpujs({ mode: "webgpu" }));
}
