import { helperSource } from "./helper-source.ts";

/** What a helper is told when it starts. */
export interface HelperSetup {
  readonly memory: WebAssembly.Memory;
  /** Byte address of the control block. */
  readonly control: number;
  /** The helper's number, 1 for the first: the main thread is 0. */
  readonly index: number;
  readonly threads: number;
}

/** A running helper: what the workers of Node and of browsers have in common. */
export interface Helper {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

interface NodeWorker extends Helper {
  unref(): void;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

/** Node's own threads, found without an import that a browser's bundler would stumble over. */
function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => NodeThreads | undefined } };
  return process?.getBuiltinModule?.("node:worker_threads");
}

function startInNode({ Worker }: NodeThreads, setup: HelperSetup): Helper {
  const source = `${helperSource}
const { parentPort, workerData } = require("node:worker_threads");
begin(workerData, (handle) => parentPort.on("message", handle));`;
  const worker = new Worker(source, { eval: true, workerData: setup, execArgv: [] });
  // The program ends when it has nothing to do, whatever its helpers wait for.
  worker.unref();
  return worker;
}

interface BrowserScope {
  readonly Worker: new (url: string) => Helper;
  readonly Blob: new (parts: readonly string[], options: object) => object;
  readonly URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
}

function startInBrowser(setup: HelperSetup): Helper {
  const { Worker, Blob, URL } = globalThis as unknown as BrowserScope;
  const source = `${helperSource}
onmessage = ({ data }) => begin(data, (handle) => { onmessage = ({ data }) => handle(data); });`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.postMessage(setup);
  return worker;
}

/** Starts a helper thread; throws where the platform has none or forbids it. */
export function startHelper(setup: HelperSetup): Helper {
  const threads = nodeThreads();
  return threads === undefined ? startInBrowser(setup) : startInNode(threads, setup);
}
