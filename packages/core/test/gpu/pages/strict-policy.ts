import { trainEverywhere } from "./train-everywhere.ts";
import type { Losses } from "./train-everywhere.ts";

/** What a page under a strict policy could do. */
export interface StrictPolicyReport {
  /** Whether the policy is in force: it forbids what the CPU backend needs. */
  readonly wasmAllowed: boolean;
  readonly page: Losses;
  readonly worker: Losses;
}

function isWasmAllowed(): boolean {
  try {
    // The smallest module that there is.
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    return true;
  } catch {
    return false;
  }
}

function trainInWorker(): Promise<Losses> {
  const worker = new Worker(new URL("./training-worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Losses | string>) => (typeof data === "string" ? reject(new Error(data)) : resolve(data));
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

/** Trains in the page and in a worker, on each way to the GPU. */
export default async function strictPolicy(): Promise<StrictPolicyReport> {
  return { wasmAllowed: isWasmAllowed(), page: await trainEverywhere(), worker: await trainInWorker() };
}
