import type * as jax from "@jax-js/jax";
import { Unavailable } from "./unavailable.ts";

/** jax-js as its package exports it. */
export type Jax = typeof jax;

let loaded: Promise<Jax> | undefined;

async function load(): Promise<Jax> {
  try {
    const module: Jax = await import("@jax-js/jax");
    await module.init("wasm");
    module.defaultDevice("wasm");
    return module;
  } catch (error) {
    throw new Unavailable(`@jax-js/jax did not load: ${String(error)}`);
  }
}

/** Loads jax-js with its WebAssembly backend, once. */
export function jaxJs(): Promise<Jax> {
  return (loaded ??= load());
}
