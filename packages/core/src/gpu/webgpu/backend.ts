import type { LoadedPlan } from "../../compile/backend.ts";
import type { Plan } from "../../compile/plan.ts";
import type { DType, TypedArray } from "../../tensor/dtype.ts";
import type { Storage } from "../../tensor/storage.ts";
import { remoteStorage } from "../../tensor/storage.ts";
import { deviceDType, fromDevice, toDevice } from "../elements.ts";
import type { GpuJs } from "../gpujs.ts";
import type { GpuBackend } from "../gpu-backend.ts";
import { hostElements } from "../host-elements.ts";
import { DeviceHealth } from "../lost.ts";
import { quadsOf } from "../print/kernel-source.ts";
import type { DeviceDType } from "../program/device-program.ts";
import type { PooledBuffer } from "./buffer-pool.ts";
import { BufferPool } from "./buffer-pool.ts";
import { Commands } from "./commands.ts";
import { WebGpuPlan } from "./executable.ts";
import { Pipelines } from "./pipelines.ts";
import { TensorBuffer } from "./tensor-buffer.ts";

const mapReadCopyDestination = 0x9;
const mapModeRead = 1;

const finalizer = new FinalizationRegistry<TensorBuffer>((buffer) => {
  buffer.release();
});

/** Kernels that gpu.js translates to WGSL, run by an executor of our own on one device. */
export class WebGpuBackend implements GpuBackend {
  readonly name = "webgpu";
  readonly device: GPUDevice;
  readonly gpu: GpuJs;
  readonly health: DeviceHealth = new DeviceHealth("webgpu");
  readonly pool: BufferPool;
  readonly pipelines: Pipelines;
  readonly commands: Commands;

  constructor(device: GPUDevice, gpu: GpuJs) {
    this.device = device;
    this.gpu = gpu;
    this.pool = new BufferPool(device, this.health, () => { this.commands.submit(); });
    this.pipelines = new Pipelines(device, this.health);
    this.commands = new Commands(device, this.health);
    void device.lost.then(({ message, reason }) => {
      this.health.lose(message === "" ? reason : message);
    });
    device.addEventListener("uncapturederror", ({ error }) => {
      this.health.report(error.message);
    });
  }

  load(plan: Plan): LoadedPlan {
    this.health.check();
    return new WebGpuPlan(this, plan);
  }

  claim(storage: Storage, keep: boolean): Storage {
    if (!keep) return storage;
    const { remote } = storage;
    return remote instanceof TensorBuffer ? this.managed(storage.dtype, remote.share()) : { ...storage, shared: false };
  }

  place(storage: Storage): Storage {
    const { remote, dtype, length } = storage;
    if (remote instanceof TensorBuffer && remote.backend === this) return this.managed(dtype, remote.share());
    const buffer = this.pool.take(16 * quadsOf(length, deviceDType(dtype)));
    this.upload(storage, buffer);
    return this.managed(dtype, new TensorBuffer(this, deviceDType(dtype), length, { buffer, owners: 1 }));
  }

  /** A storage that gives its buffer back when nothing refers to it any more. */
  managed(dtype: DType, buffer: TensorBuffer): Storage {
    const storage = remoteStorage(dtype, buffer.length, buffer);
    finalizer.register(storage, buffer, storage);
    return storage;
  }

  /** Puts elements into a storage's buffer on this device. */
  attach(storage: Storage, buffer: TensorBuffer): void {
    storage.remote = buffer;
    storage.array = undefined;
    storage.buffer = undefined;
    finalizer.register(storage, buffer, storage);
  }

  /** A storage's buffer is no longer its own. */
  forget(storage: Storage): void {
    finalizer.unregister(storage);
  }

  /** Writes the elements of a storage in the host's memory into a GPU buffer. */
  upload(storage: Storage, target: PooledBuffer): number {
    const elements = toDevice(hostElements(storage), deviceDType(storage.dtype));
    // Runs that wait for their submission may still read what the buffer holds now.
    this.commands.submit();
    this.device.queue.writeBuffer(target.gpu, 0, elements);
    return elements.byteLength;
  }

  /** Copies elements out of a GPU buffer. */
  async read(buffer: PooledBuffer, dtype: DeviceDType, length: number): Promise<TypedArray> {
    this.health.check();
    const bytes = 16 * Math.ceil(length / 4) * (dtype === "f32" ? 1 : 2);
    const staging = this.device.createBuffer({ size: Math.max(bytes, 16), usage: mapReadCopyDestination });
    if (bytes > 0) this.commands.encoder.copyBufferToBuffer(buffer.gpu, 0, staging, 0, bytes);
    this.commands.submit();
    try {
      await staging.mapAsync(mapModeRead, 0, bytes);
    } catch (error) {
      // A lost device is noticed by its own promise, which may come a turn later.
      await Promise.resolve();
      this.health.check();
      throw error;
    }
    this.health.check();
    const elements = fromDevice(new Float32Array(staging.getMappedRange(0, bytes)), dtype, length);
    staging.destroy();
    return elements;
  }
}
