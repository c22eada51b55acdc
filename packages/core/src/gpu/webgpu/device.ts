import type { HostProgram } from "../../compile/host-program.ts";
import type { Device, DeviceBuffer, PrintedKernel, Runner } from "../device.ts";
import type { GpuJs } from "../gpujs.ts";
import { DeviceHealth } from "../health.ts";
import { Commands } from "./commands.ts";
import { Pipelines } from "./pipelines.ts";
import { WebGpuRunner } from "./runner.ts";

/** A storage buffer. */
export interface WebGpuBuffer extends DeviceBuffer {
  readonly gpu: GPUBuffer;
}

// The numbers of the specification; the names exist only where WebGPU does.
const storageCopySourceCopyDestination = 0x8c;
const mapReadCopyDestination = 0x9;
const mapModeRead = 1;

/** WebGPU: kernels that gpu.js translates to WGSL, many runs in one submission. */
export class WebGpuDevice implements Device<WebGpuBuffer> {
  readonly name = "webgpu";
  readonly dialect = "wgsl";
  readonly health: DeviceHealth = new DeviceHealth("webgpu");
  readonly gpu: GPUDevice;
  readonly gpujs: GpuJs;
  readonly pipelines: Pipelines;
  readonly commands: Commands;
  readonly inputLimit: number;
  readonly quadLimit: number;

  constructor(gpu: GPUDevice, gpujs: GpuJs) {
    this.gpu = gpu;
    this.gpujs = gpujs;
    this.pipelines = new Pipelines(gpu, this.health);
    this.commands = new Commands(gpu, this.health);
    // One binding is the output.
    this.inputLimit = gpu.limits.maxStorageBuffersPerShaderStage - 1;
    this.quadLimit = Math.floor(Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize) / 16);
    void gpu.lost.then(({ message, reason }) => {
      this.health.lose(message === "" ? reason : message);
    });
    gpu.addEventListener("uncapturederror", ({ error }) => {
      this.health.report(error.message);
    });
  }

  create(quads: number): Omit<WebGpuBuffer, "id"> {
    this.gpu.pushErrorScope("out-of-memory");
    const gpu = this.gpu.createBuffer({ size: 16 * quads, usage: storageCopySourceCopyDestination });
    void this.gpu.popErrorScope().then((error) => {
      if (error !== null) this.health.report(`there is no memory for a buffer of ${String(16 * quads)} bytes (${error.message}). Use smaller batches, or dispose of tensors.`);
    }, () => undefined);
    return { gpu, quads };
  }

  destroy(buffer: WebGpuBuffer): void {
    // Runs that wait for their submission may still use it.
    this.commands.submit();
    buffer.gpu.destroy();
  }

  write(buffer: WebGpuBuffer, floats: Float32Array<ArrayBuffer>): void {
    // Runs that wait for their submission may still read what the buffer holds now.
    this.commands.submit();
    this.gpu.queue.writeBuffer(buffer.gpu, 0, floats);
  }

  async read({ gpu, quads }: WebGpuBuffer): Promise<Float32Array> {
    this.health.check();
    const staging = this.gpu.createBuffer({ size: 16 * quads, usage: mapReadCopyDestination });
    this.commands.encoder.copyBufferToBuffer(gpu, 0, staging, 0, 16 * quads);
    this.commands.submit();
    try {
      await staging.mapAsync(mapModeRead);
    } catch (error) {
      // That the device is lost is told by a promise of its own, which may come later.
      await Promise.race([this.gpu.lost, new Promise((resolve) => setTimeout(resolve, 100))]);
      this.health.check();
      throw error;
    }
    this.health.check();
    const floats = new Float32Array(staging.getMappedRange().slice(0));
    staging.destroy();
    return floats;
  }

  prepare(kernels: readonly PrintedKernel[], host: HostProgram): Runner<WebGpuBuffer> {
    return new WebGpuRunner(this, kernels, host);
  }
}
