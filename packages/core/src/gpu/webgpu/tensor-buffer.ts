import type { RemoteBuffer } from "../../compile/backend.ts";
import type { TypedArray } from "../../tensor/dtype.ts";
import { fail } from "../../errors.ts";
import type { DeviceDType } from "../program/device-program.ts";
import type { PooledBuffer } from "./buffer-pool.ts";
import type { WebGpuBackend } from "./backend.ts";

/** How many tensors have the elements of one GPU buffer. */
interface Shared {
  readonly buffer: PooledBuffer;
  owners: number;
}

/** A tensor's elements in a GPU buffer, which several tensors may share since no kernel overwrites them. */
export class TensorBuffer implements RemoteBuffer {
  readonly backend: WebGpuBackend;
  readonly dtype: DeviceDType;
  readonly length: number;
  readonly #shared: Shared;
  #released = false;

  constructor(backend: WebGpuBackend, dtype: DeviceDType, length: number, shared: Shared) {
    this.backend = backend;
    this.dtype = dtype;
    this.length = length;
    this.#shared = shared;
  }

  get buffer(): PooledBuffer {
    return this.#released ? fail("disposed", "A tensor's GPU buffer was given back; its elements are gone.") : this.#shared.buffer;
  }

  /** The same elements for one more tensor. */
  share(): TensorBuffer {
    this.#shared.owners++;
    return new TensorBuffer(this.backend, this.dtype, this.length, this.#shared);
  }

  /** Whether no other tensor has these elements. */
  get isAlone(): boolean {
    return this.#shared.owners === 1;
  }

  read(): Promise<TypedArray> {
    return this.backend.read(this.buffer, this.dtype, this.length);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#shared.owners--;
    if (this.#shared.owners === 0) this.backend.pool.give(this.#shared.buffer);
  }

  /** Takes the buffer away from the tensor, which has nothing any more. */
  detach(): PooledBuffer {
    const { buffer } = this;
    this.#released = true;
    return buffer;
  }
}
