import type { Backend } from "../compile/backend.ts";
import { fail } from "../errors.ts";
import { itemSize } from "../tensor/dtype.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import type { Storage } from "../tensor/storage.ts";
import { arrayStorage, remoteOnly } from "../tensor/storage.ts";
import { Executable, managedStorage } from "./executable.ts";
import { wasmMemory } from "./memory.ts";

/** A storage with the same elements that nothing else refers to. */
export function copyStorage(storage: Storage): Storage {
  if (storage.array !== undefined) return arrayStorage(storage.dtype, storage.array.slice());
  const copy = managedStorage(storage.dtype, storage.length);
  wasmMemory().copy(storage.buffer?.address ?? 0, copy.buffer?.address ?? 0, storage.length * itemSize[storage.dtype]);
  return copy;
}

/** The elements of a storage, copied out now. */
export function elementsNow(storage: Storage): TypedArray {
  if (storage.array !== undefined) return storage.array.slice();
  const remote = remoteOnly(storage);
  if (remote !== undefined) return fail("backend", `A tensor on ${remote.backend.name} cannot be read synchronously; use await tensor.read().`);
  return wasmMemory().read(storage.dtype, storage.buffer?.address ?? 0, storage.length);
}

/** WebAssembly SIMD on the CPU. */
export const cpuBackend: Backend = {
  name: "cpu",
  load: (plan, threads) => new Executable(plan, threads),
  claim: (storage, keep) => {
    if (storage.array === undefined) return keep ? copyStorage(storage) : storage;
    const owned = managedStorage(storage.dtype, storage.length);
    wasmMemory().write(owned.buffer?.address ?? 0, storage.array);
    return owned;
  },
};
