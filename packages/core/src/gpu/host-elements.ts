import { fail } from "../errors.ts";
import type { TypedArray } from "../tensor/dtype.ts";
import type { Storage } from "../tensor/storage.ts";
import { wasmMemory } from "../wasm/memory.ts";

/** Whether JavaScript can read a storage's elements at once. */
export function isOnHost({ array, buffer }: Storage): boolean {
  return array !== undefined || buffer !== undefined;
}

/** The elements of a storage in the host's memory; they are not to be changed. */
export function hostElements({ array, buffer, dtype, length, remote }: Storage): TypedArray {
  if (array !== undefined) return array;
  if (buffer !== undefined) return wasmMemory().read(dtype, buffer.address, length);
  return fail("backend", `A tensor is on another backend, ${remote?.backend.name ?? "which is gone"}; copy it to the host first: await toHost(tree).`);
}
