import type * as jax from "@jax-js/jax";
import { Unavailable } from "./unavailable.ts";

/** jax-js as its package exports it. */
export type Jax = typeof jax;

/** Loads jax-js, and lets it compute on a device from now on. */
export async function jaxJs(device: "wasm" | "webgpu" = "wasm"): Promise<Jax> {
  try {
    const module: Jax = await import("@jax-js/jax");
    await module.init(device);
    module.defaultDevice(device);
    return module;
  } catch (error) {
    throw new Unavailable(`@jax-js/jax did not load with its backend ${device}: ${String(error)}`);
  }
}
