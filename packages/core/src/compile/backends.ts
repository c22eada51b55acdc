import { fail } from "../errors.ts";
import { describeValue } from "../options.ts";
import { cpuBackend } from "../wasm/cpu-backend.ts";
import type { Backend } from "./backend.ts";

let preferred: Backend = cpuBackend;
let gpu: Backend | undefined;

/** Where to run: a backend, `"cpu"`, or `"gpu"` for the one that `await gpu()` of `@opt/core/gpu` made last. */
export type BackendChoice = Backend | "cpu" | "gpu";

/** Makes a backend known under the name `"gpu"`. */
export function registerGpu(backend: Backend): void {
  gpu = backend;
}

/** The backend of what does not say so itself. */
export function defaultBackend(): Backend {
  return preferred;
}

/** The backend that was chosen; `where` says what was given the choice. */
export function resolveBackend(where: string, choice: BackendChoice): Backend {
  if (choice === "cpu") return cpuBackend;
  if (choice === "gpu") {
    return gpu ?? fail("backend", `${where}: there is no GPU backend yet. Make it first: import { gpu } from "@opt/core/gpu"; await gpu();`);
  }
  if (typeof choice === "object" && "load" in choice) return choice;
  return fail("option", `${where}: must be "cpu", "gpu" or a backend; got ${describeValue(choice)}.`);
}

/**
 * Sets where functions that are traced from now on run, unless `compile` is told otherwise, and where tensors are computed
 * that are read outside of them.
 *
 * @param choice - A backend, `"cpu"` (the default), or `"gpu"` after `await gpu()` of `@opt/core/gpu`.
 * @returns The backend set.
 * @throws OptError `backend` for `"gpu"` where there is none yet; `option` for anything else.
 *
 * @example
 * ```ts
 * import { setBackend } from "@opt/core";
 *
 * setBackend("cpu").name; // "cpu"
 * ```
 */
export function setBackend(choice: BackendChoice): Backend {
  preferred = resolveBackend("setBackend(choice)", choice);
  return preferred;
}
