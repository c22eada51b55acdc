import { fail } from "../../errors.ts";
import type { GpuBackend } from "../device-backend.ts";
import { DeviceBackend } from "../device-backend.ts";
import type { GpuJsClass } from "../gpujs.ts";
import { PerCallDevice } from "../per-call/device.ts";
import { probeKernel } from "../print/probe-kernel.ts";
import { WebGpuDevice } from "./device.ts";
import { translateToWgsl } from "./wgsl.ts";

/**
 * Opens a WebGPU device with all the memory and bindings that the adapter allows.
 *
 * @returns The backend; where gpu.js hides its shaders, one that calls its kernels one by one.
 * @throws OptError `backend` where there is no WebGPU or no adapter.
 */
export async function openWebGpu(gpujs: GpuJsClass): Promise<GpuBackend> {
  // Types say that it is always there; older browsers and Node know better.
  const { gpu } = (globalThis as { readonly navigator?: { readonly gpu?: GPU } }).navigator ?? {};
  if (gpu === undefined) return fail("backend", "there is no navigator.gpu");
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return fail("backend", "there is navigator.gpu, but no adapter");
  const { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } });
  const instance = new gpujs({ mode: "webgpu" });
  if (translateToWgsl(instance, probeKernel("wgsl")) !== undefined) return new DeviceBackend(new WebGpuDevice(device, instance));
  device.destroy();
  return new DeviceBackend(new PerCallDevice("webgpu", instance));
}
