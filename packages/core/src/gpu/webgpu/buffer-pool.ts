import { fail } from "../../errors.ts";
import type { DeviceHealth } from "../lost.ts";

/** A GPU buffer with a number of its own, by which bind groups are found again. */
export interface PooledBuffer {
  readonly id: number;
  readonly gpu: GPUBuffer;
  readonly byteLength: number;
}

// The numbers of the specification; the names exist only where WebGPU does.
const storageCopySourceCopyDestination = 0x8c;

/** So many unused buffers of one size are kept; more are destroyed. */
const keptPerSize = 8;

/** Storage buffers that are used again when they are given back. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #health: DeviceHealth;
  readonly #limit: number;
  readonly #free = new Map<number, PooledBuffer[]>();
  #nextId = 1;
  #live = 0;

  readonly #beforeDestroying: () => void;

  /** `beforeDestroying` must submit the commands that may still use a buffer. */
  constructor(device: GPUDevice, health: DeviceHealth, beforeDestroying: () => void) {
    this.#device = device;
    this.#beforeDestroying = beforeDestroying;
    this.#health = health;
    this.#limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  }

  /** How many buffers exist, in use or not. */
  get live(): number {
    return this.#live;
  }

  /**
   * A buffer of at least 16 bytes; what it holds is undefined.
   *
   * @throws OptError `backend` when the device has no buffers of that size.
   */
  take(byteLength: number): PooledBuffer {
    const bytes = Math.max(byteLength, 16);
    if (bytes > this.#limit) {
      fail("backend", `webgpu: a tensor needs ${String(bytes)} bytes, and this device allows ${String(this.#limit)} in one buffer. Split the tensor, or compile for the CPU.`);
    }
    const kept = this.#free.get(bytes)?.pop();
    if (kept !== undefined) return kept;
    this.#device.pushErrorScope("out-of-memory");
    const gpu = this.#device.createBuffer({ size: bytes, usage: storageCopySourceCopyDestination });
    void this.#device.popErrorScope().then((error) => {
      if (error !== null) this.#health.report(`there is no memory for a buffer of ${String(bytes)} bytes (${error.message}). Use smaller batches, or dispose of tensors.`);
    }, () => undefined);
    this.#live++;
    return { id: this.#nextId++, gpu, byteLength: bytes };
  }

  give(buffer: PooledBuffer): void {
    const free = this.#free.get(buffer.byteLength) ?? [];
    this.#free.set(buffer.byteLength, free);
    if (free.length < keptPerSize) {
      free.push(buffer);
      return;
    }
    this.#beforeDestroying();
    buffer.gpu.destroy();
    this.#live--;
  }
}
