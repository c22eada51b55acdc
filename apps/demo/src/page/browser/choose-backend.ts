import type { Backend } from "@opt/core";
import { fail, setBackend } from "@opt/core";
import type { BackendName } from "./protocol.ts";

/** A module with nothing in it: the magic number and the version. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** A policy without 'wasm-unsafe-eval' forbids to compile WebAssembly, and tells only whoever tries. */
function requireWebAssembly(): void {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    fail("backend", "The content security policy of this page forbids WebAssembly, which the CPU backend needs: add 'wasm-unsafe-eval' to its script-src, or choose the GPU.");
  }
}

/**
 * Makes everything from now on run where the page asks for. The GPU is loaded only when it is chosen, and no WebAssembly is
 * compiled unless the CPU is.
 *
 * @param choice - the wanted backend
 * @returns the backend found
 * @throws OptError `backend` with a sentence for the reader of the page, where there is no such backend
 */
export async function chooseBackend(choice: BackendName): Promise<Backend> {
  if (choice === "cpu") {
    requireWebAssembly();
    return setBackend("cpu");
  }
  const { gpu } = await import("@opt/core/gpu");
  return setBackend(await gpu(choice === "gpu" ? {} : { mode: choice }));
}
