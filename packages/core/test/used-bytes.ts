import type { Backend } from "../src/compile/backend.ts";
import { defaultBackend } from "../src/compile/backends.ts";
import { wasmMemory } from "../src/wasm/memory.ts";

/** Bytes that results, other than small ones, take in the memory of the backend that computes: the CPU's, or one that counts its own. */
export function usedBytes(): number {
  const backend: Backend & { readonly usedBytes?: number } = defaultBackend();
  return backend.usedBytes ?? wasmMemory().usedBytes;
}
