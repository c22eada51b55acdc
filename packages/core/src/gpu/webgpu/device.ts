import type { HostProgram } from "../../compile/host-program.ts";
import { failInternally } from "../../errors.ts";
import type { Device, DeviceBuffer, PrintedKernel, Runner } from "../device.ts";
import type { GpuJs } from "../gpujs.ts";
import { DeviceHealth } from "../health.ts";
import { Commands } from "./commands.ts";
import { Pipelines } from "./pipelines.ts";
import { WebGpuRunner } from "./runner.ts";

/** A storage buffer, or a piece of one. */
export interface WebGpuBuffer extends DeviceBuffer {
  readonly gpu: GPUBuffer;
  readonly offset: number;
}

/**
 * Results of up to so many bytes, such as losses, are copied into pieces of larger buffers: making a buffer for each costs more
 * than a small network's step. A kernel could not write into a piece while it reads another piece of the same buffer.
 */
const pieceBytes = 256;
const piecesPerBuffer = 256;

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
  readonly copiedQuads: number = pieceBytes / 16;
  readonly #pieces: { readonly gpu: GPUBuffer; readonly offset: number }[] = [];

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
      this.health.report(`${error.message}.`);
    });
  }

  mayFinish(): boolean {
    return false;
  }

  create(quads: number, isCopy: boolean): Omit<WebGpuBuffer, "id"> {
    if (!isCopy) return { gpu: this.#createBuffer(16 * quads), offset: 0, quads, isCopy };
    if (this.#pieces.length === 0) {
      const gpu = this.#createBuffer(pieceBytes * piecesPerBuffer);
      for (let piece = 0; piece < piecesPerBuffer; piece++) this.#pieces.push({ gpu, offset: pieceBytes * piece });
    }
    const piece = this.#pieces.pop() ?? failInternally("a buffer has no pieces");
    return { ...piece, quads, isCopy };
  }

  destroy({ gpu, offset, isCopy }: WebGpuBuffer): void {
    if (isCopy) {
      this.#pieces.push({ gpu, offset });
      return;
    }
    // Runs that wait for their submission may still use it.
    this.commands.submit();
    gpu.destroy();
  }

  copy(from: WebGpuBuffer, to: WebGpuBuffer): void {
    this.commands.encoder.copyBufferToBuffer(from.gpu, from.offset, to.gpu, to.offset, 16 * from.quads);
  }

  #createBuffer(size: number): GPUBuffer {
    this.gpu.pushErrorScope("out-of-memory");
    const buffer = this.gpu.createBuffer({ size, usage: storageCopySourceCopyDestination });
    void this.gpu.popErrorScope().then((error) => {
      if (error !== null) this.health.report(`there is no memory for a buffer of ${String(size)} bytes (${error.message}). Use smaller batches, or dispose of tensors.`);
    }, () => undefined);
    return buffer;
  }

  write(buffer: WebGpuBuffer, floats: Float32Array<ArrayBuffer>): void {
    // Runs that wait for their submission may still read what the buffer holds now.
    this.commands.submit();
    this.gpu.queue.writeBuffer(buffer.gpu, buffer.offset, floats);
  }

  async read({ gpu, offset, quads }: WebGpuBuffer): Promise<Float32Array> {
    this.health.check();
    const staging = this.gpu.createBuffer({ size: 16 * quads, usage: mapReadCopyDestination });
    this.commands.encoder.copyBufferToBuffer(gpu, offset, staging, 0, 16 * quads);
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
