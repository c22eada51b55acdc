import { fail } from "../errors.ts";
import { paddedBytes } from "../compile/memory-plan.ts";
import type { DType, TypedArray } from "../tensor/dtype.ts";
import { dtypeOf, itemSize } from "../tensor/dtype.ts";
import type { DeviceBuffer } from "../tensor/storage.ts";

const pageBytes = 65_536;
const maximumPages = 65_536;
/** Address 0 stays unused, so that a forgotten pointer does not look like a buffer. */
const firstAddress = 1024;
/** Kernels may read a few vectors past the end of the last buffer. */
const endPadding = 4096;

/** Buffers from this size on are staggered: arrays at equal distances modulo a power of two would share cache ways. */
const staggerFrom = 1 << 20;
const staggerBytes = 65_536 + 17 * 64;

/** Browsers share memory between threads only with pages that are isolated from other origins. */
function canShareMemory(): boolean {
  return typeof SharedArrayBuffer === "function" && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;
}

interface FreeBlock {
  address: number;
  bytes: number;
}

/** Tells the memory which pieces are free; first fit, neighbors joined. */
class FreeList {
  readonly #blocks: FreeBlock[] = [];

  add(address: number, bytes: number): void {
    let index = this.#blocks.findIndex((block) => block.address > address);
    if (index < 0) index = this.#blocks.length;
    this.#blocks.splice(index, 0, { address, bytes });
    this.#join(index);
    this.#join(index - 1);
  }

  take(bytes: number): number | undefined {
    const index = this.#blocks.findIndex((block) => block.bytes >= bytes);
    const block = this.#blocks[index];
    if (block === undefined) return undefined;
    const { address } = block;
    block.address += bytes;
    block.bytes -= bytes;
    if (block.bytes === 0) this.#blocks.splice(index, 1);
    return address;
  }

  /** The free bytes that end at an address. */
  endingAt(address: number): number {
    const last = this.#blocks.at(-1);
    return last !== undefined && last.address + last.bytes === address ? last.bytes : 0;
  }

  #join(index: number): void {
    const block = this.#blocks[index];
    const next = this.#blocks[index + 1];
    if (block === undefined || next === undefined || block.address + block.bytes !== next.address) return;
    block.bytes += next.bytes;
    this.#blocks.splice(index + 1, 1);
  }
}

/** A piece of the memory that gives itself back once. */
class WasmBuffer implements DeviceBuffer {
  readonly address: number;
  readonly byteLength: number;
  #giveBack: (() => void) | undefined;

  constructor(address: number, byteLength: number, giveBack: () => void) {
    this.address = address;
    this.byteLength = byteLength;
    this.#giveBack = giveBack;
  }

  release(): void {
    this.#giveBack?.();
    this.#giveBack = undefined;
  }
}

/** The linear memory that all plans and tensors of the CPU backend share. */
export class WasmMemory {
  readonly memory: WebAssembly.Memory;
  /** Whether other threads can be given it. */
  readonly shared: boolean;
  readonly maximumPages: number = maximumPages;
  f32: Float32Array = new Float32Array();
  f64: Float64Array = new Float64Array();
  i32: Int32Array = new Int32Array();
  readonly #free = new FreeList();
  #bytes = new Uint8Array();
  #staggered = 0;
  #usedBytes = 0;

  constructor() {
    this.shared = canShareMemory();
    this.memory = new WebAssembly.Memory({ initial: 64, maximum: maximumPages, shared: this.shared });
    this.#free.add(firstAddress, this.#view() - firstAddress - endPadding);
  }

  /** Bytes that are allocated now. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * Takes a piece of memory; its contents are arbitrary.
   *
   * @param byteLength - The bytes needed; the piece is padded so that kernels may read a vector past its end.
   * @throws OptError `backend` when the 4 GiB that WebAssembly can address are used up.
   */
  allocate(byteLength: number): DeviceBuffer {
    let bytes = paddedBytes(byteLength);
    let lead = 0;
    if (byteLength >= staggerFrom) {
      this.#staggered = (this.#staggered + 1) % 8;
      lead = this.#staggered * staggerBytes;
      bytes += lead;
    }
    const address = this.#free.take(bytes) ?? this.#grow(bytes);
    this.#usedBytes += bytes;
    return new WasmBuffer(address + lead, byteLength, () => {
      this.#usedBytes -= bytes;
      this.#free.add(address, bytes);
    });
  }

  /** Copies elements into the memory. */
  write(address: number, elements: TypedArray): void {
    this.#elements(dtypeOf(elements)).set(elements, address / elements.BYTES_PER_ELEMENT);
  }

  /** Copies elements out of the memory. */
  read(dtype: DType, address: number, length: number): TypedArray {
    // A loss is read in every step: for one element this is several times faster than a slice.
    if (length === 1 && dtype === "f32") return Float32Array.of(this.f32[address >> 2] ?? Number.NaN);
    const first = address / itemSize[dtype];
    return this.#elements(dtype).slice(first, first + length);
  }

  /** Sets elements to one value. */
  fill(dtype: DType, address: number, length: number, value: number): void {
    const first = address / itemSize[dtype];
    this.#elements(dtype).fill(value, first, first + length);
  }

  /** Copies bytes within the memory. */
  copy(from: number, to: number, byteLength: number): void {
    this.#bytes.copyWithin(to, from, from + byteLength);
  }

  #failFull(bytes: number): never {
    return fail("backend", `The CPU backend has no memory left for ${String(bytes)} bytes; ${String(this.#usedBytes)} are in use. Dispose of tensors, or use smaller batches.`);
  }

  #grow(bytes: number): number {
    const before = this.memory.buffer.byteLength;
    const end = before - endPadding;
    const missing = bytes - this.#free.endingAt(end);
    // At least a quarter more, so that growing step by step stays cheap.
    const pages = Math.max(Math.ceil(missing / pageBytes), Math.ceil(before / pageBytes / 4));
    const possible = Math.min(pages, maximumPages - before / pageBytes);
    try {
      this.memory.grow(possible);
    } catch {
      this.#failFull(bytes);
    }
    this.#free.add(end, this.#view() - before);
    return this.#free.take(bytes) ?? this.#failFull(bytes);
  }

  /** Looks at the memory afresh, which growing it makes necessary; returns its bytes. */
  #view(): number {
    const { buffer } = this.memory;
    this.#bytes = new Uint8Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    return buffer.byteLength;
  }

  #elements(dtype: DType): TypedArray {
    if (dtype === "f32") return this.f32;
    return dtype === "f64" ? this.f64 : this.i32;
  }
}

let sharedMemory: WasmMemory | undefined;

/** The memory of the CPU backend; made when it is first needed. */
export function wasmMemory(): WasmMemory {
  sharedMemory ??= new WasmMemory();
  return sharedMemory;
}
