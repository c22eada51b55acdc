import { fail } from "../errors.ts";
import type { Device, DeviceBuffer } from "./device.ts";

/** So many unused buffers of one size are kept; more are destroyed. */
const keptPerSize = 8;

/** Buffers of one device that are used again when they are given back. */
export class BufferPool<Buffer extends DeviceBuffer> {
  readonly #device: Device<Buffer>;
  readonly #free = new Map<string, Buffer[]>();
  #nextId = 1;
  #live = 0;

  constructor(device: Device<Buffer>) {
    this.#device = device;
  }

  /** How many buffers exist, in use or not. */
  get live(): number {
    return this.#live;
  }

  /**
   * A buffer of so many quads; what it holds is undefined.
   *
   * @param quads - How many.
   * @param isCopy - Whether it will only be copied into.
   * @throws OptError `backend` when the device has no buffers of that size.
   */
  take(quads: number, isCopy = false): Buffer {
    const { name, quadLimit } = this.#device;
    const wanted = Math.max(quads, 1);
    if (wanted > quadLimit) {
      fail("backend", `${name}: a tensor needs ${String(16 * wanted)} bytes, and this device allows ${String(16 * quadLimit)} in one buffer. Split the tensor, or compile for the CPU.`);
    }
    const kept = this.#freeOf(wanted, isCopy).pop();
    if (kept !== undefined) return kept;
    this.#live++;
    // The device makes all of the buffer but its number.
    return { ...this.#device.create(wanted, isCopy), id: this.#nextId++ } as Buffer;
  }

  give(buffer: Buffer): void {
    const free = this.#freeOf(buffer.quads, buffer.isCopy);
    if (free.length < keptPerSize) {
      free.push(buffer);
      return;
    }
    this.#device.destroy(buffer);
    this.#live--;
  }

  #freeOf(quads: number, isCopy: boolean): Buffer[] {
    const key = `${String(quads)}${isCopy ? " copied" : ""}`;
    const free = this.#free.get(key) ?? [];
    this.#free.set(key, free);
    return free;
  }
}
