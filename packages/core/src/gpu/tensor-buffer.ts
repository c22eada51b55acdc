import type { RemoteBuffer } from "../compile/backend.ts";
import { fail } from "../errors.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import type { DeviceBackend } from "./device-backend.ts";
import type { DeviceBuffer } from "./device.ts";
import { fromDevice } from "./elements.ts";
import type { DeviceDType } from "./program/device-program.ts";

/** A buffer and how many tensors have its elements. */
interface Shared<Buffer> {
  readonly buffer: Buffer;
  owners: number;
}

/** A tensor's elements in a buffer of a device, which several tensors may share since no kernel overwrites them. */
export class TensorBuffer<Buffer extends DeviceBuffer = DeviceBuffer> implements RemoteBuffer {
  readonly backend: DeviceBackend<Buffer>;
  readonly dtype: DeviceDType;
  readonly length: number;
  readonly #shared: Shared<Buffer>;
  #released = false;

  constructor(backend: DeviceBackend<Buffer>, dtype: DeviceDType, length: number, shared: Shared<Buffer>) {
    this.backend = backend;
    this.dtype = dtype;
    this.length = length;
    this.#shared = shared;
  }

  get buffer(): Buffer {
    return this.#released ? fail("disposed", "A tensor's GPU buffer was given back; its elements are gone.") : this.#shared.buffer;
  }

  /** The same elements for one more tensor. */
  share(): TensorBuffer<Buffer> {
    this.#shared.owners++;
    return new TensorBuffer(this.backend, this.dtype, this.length, this.#shared);
  }

  /** Whether no other tensor has these elements. */
  get isAlone(): boolean {
    return this.#shared.owners === 1;
  }

  async read(): Promise<TypedArray> {
    return fromDevice(await this.backend.device.read(this.buffer), this.dtype, this.length);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#shared.owners--;
    if (this.#shared.owners === 0) this.backend.pool.give(this.#shared.buffer);
  }

  /** Takes the buffer away from the tensor, which has nothing any more. */
  detach(): Buffer {
    const { buffer } = this;
    this.#released = true;
    return buffer;
  }
}
