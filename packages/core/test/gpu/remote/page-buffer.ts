import type { TypedArray } from "../../../src/tensor/dtype.ts";
import type { DeviceBuffer } from "../../../src/tensor/storage.ts";
import { wasmMemory } from "../../../src/wasm/memory.ts";
import type { Remote } from "./remote.ts";

const finalizer = new FinalizationRegistry<() => void>((giveBack) => {
  giveBack();
});

/**
 * Elements of a tensor on the page. To the rest of the program it is a piece of the CPU's memory, where the elements arrive when somebody
 * asks for the address: so tests can read at once what is not there yet.
 */
export class PageBuffer implements DeviceBuffer {
  readonly number: number;
  readonly byteLength: number;
  readonly #remote: Remote;
  #copy: DeviceBuffer | undefined;

  constructor(remote: Remote, byteLength: number) {
    const number = remote.nextStorage(byteLength);
    this.number = number;
    this.byteLength = byteLength;
    this.#remote = remote;
    finalizer.register(this, () => { remote.forgetStorage(number); });
  }

  get address(): number {
    if (this.#copy === undefined) {
      const copy = wasmMemory().allocate(this.byteLength);
      finalizer.register(this, () => { copy.release(); });
      this.#copy = copy;
    }
    wasmMemory().write(this.#copy.address, this.read());
    return this.#copy.address;
  }

  read(): TypedArray {
    return this.#remote.read(this.number);
  }

  release(): void {
    this.#copy?.release();
    this.#remote.forgetStorage(this.number);
  }
}
