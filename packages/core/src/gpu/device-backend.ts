import type { Backend, LoadedPlan, RemoteBuffer } from "../compile/backend.ts";
import type { Plan } from "../compile/plan.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Storage } from "../tensor/storage.ts";
import { remoteStorage } from "../tensor/storage.ts";
import { BufferPool } from "./buffer-pool.ts";
import { DevicePlan } from "./device-plan.ts";
import type { Device, DeviceBuffer } from "./device.ts";
import { deviceDType, hostElements, toDevice } from "./elements.ts";
import { quadsOf } from "./print/kernel-source.ts";
import { TensorBuffer } from "./tensor-buffer.ts";

/** A backend of this entry. */
export interface GpuBackend extends Backend {
  /** How it computes: WebGPU or WebGL2. */
  readonly name: "webgpu" | "webgl2";
  /** Whether the device is gone, with all tensors on it. */
  readonly isLost: boolean;
  /** How many buffers or textures exist on the device, in use or kept for later. */
  readonly liveBuffers: number;
  /** A storage on the device with the elements of another, which stays as it is. @internal */
  place(storage: Storage): Storage;
}

const finalizer = new FinalizationRegistry<RemoteBuffer>((buffer) => {
  buffer.release();
});

/** Plans as gpu.js kernels on one device, whichever way it is reached. */
export class DeviceBackend<Buffer extends DeviceBuffer = DeviceBuffer> implements GpuBackend {
  readonly device: Device<Buffer>;
  readonly pool: BufferPool<Buffer>;

  constructor(device: Device<Buffer>) {
    this.device = device;
    this.pool = new BufferPool(device);
  }

  get name(): "webgpu" | "webgl2" {
    return this.device.name;
  }

  get isLost(): boolean {
    return this.device.health.isLost;
  }

  get liveBuffers(): number {
    return this.pool.live;
  }

  load(plan: Plan): LoadedPlan {
    this.device.health.check();
    return new DevicePlan(this, plan);
  }

  claim(storage: Storage, keep: boolean): Storage {
    if (!keep) return storage;
    const own = this.bufferOf(storage);
    return own === undefined ? { ...storage, shared: false } : this.managed(storage.dtype, own.share());
  }

  place(storage: Storage): Storage {
    return this.managed(storage.dtype, this.bufferOf(storage)?.share() ?? this.uploaded(storage));
  }

  /** A storage's buffer on this device, if it has one. */
  bufferOf({ remote }: Storage): TensorBuffer<Buffer> | undefined {
    // Whose backend this is has this backend's buffers.
    return remote?.backend === this ? (remote as TensorBuffer<Buffer>) : undefined;
  }

  /** A new buffer with the elements of a storage in the host's memory. */
  uploaded(storage: Storage): TensorBuffer<Buffer> {
    const dtype = deviceDType(storage.dtype);
    const buffer = this.pool.take(quadsOf(storage.length, dtype));
    this.device.write(buffer, toDevice(hostElements(storage), dtype));
    return new TensorBuffer(this, dtype, storage.length, { buffer, owners: 1 });
  }

  /** A storage that gives its buffer back when nothing refers to it any more. */
  managed(dtype: DType, buffer: TensorBuffer<Buffer>): Storage {
    const storage = remoteStorage(dtype, buffer.length, buffer);
    finalizer.register(storage, buffer, storage);
    return storage;
  }

  /** Gives a storage a buffer on this device beside what it has. */
  attach(storage: Storage, buffer: TensorBuffer<Buffer>): void {
    finalizer.unregister(storage);
    storage.remote = buffer;
    finalizer.register(storage, buffer, storage);
  }
}
