import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as tensorflow from "@tensorflow/tfjs";
import type * as wasm from "@tensorflow/tfjs-backend-wasm";
import { Unavailable } from "./unavailable.ts";

/** TensorFlow.js as its package exports it. */
export type TensorFlow = typeof tensorflow;

let loaded: Promise<TensorFlow> | undefined;

async function load(): Promise<TensorFlow> {
  try {
    const require = createRequire(import.meta.url);
    // Their CommonJS builds: the ES module builds do not resolve in Node.
    const tf = require("@tensorflow/tfjs") as TensorFlow;
    const backend = require("@tensorflow/tfjs-backend-wasm") as typeof wasm;
    backend.setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "wasm-out/"));
    backend.setThreadsCount(1);
    await tf.setBackend("wasm");
    await tf.ready();
    return tf;
  } catch (error) {
    throw new Unavailable(`@tensorflow/tfjs with its wasm backend did not load: ${String(error)}`);
  }
}

/** Loads TensorFlow.js with its WebAssembly backend, once. */
export function tensorFlow(): Promise<TensorFlow> {
  return (loaded ??= load());
}
