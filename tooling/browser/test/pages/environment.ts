interface WorkerAnswer {
  readonly inWorker: boolean;
}

/** What the worker finds, bundled along with the page. */
function askWorker(): Promise<WorkerAnswer> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
  });
}

function isEvalAllowed(): boolean {
  try {
    return Boolean(globalThis.eval("true"));
  } catch {
    return false;
  }
}

/** What a test finds in the browser. */
export default async function describeEnvironment(): Promise<unknown> {
  return {
    ...(await askWorker()),
    evalAllowed: isEvalAllowed(),
    crossOriginIsolated,
    webgl2: document.createElement("canvas").getContext("webgl2") !== null,
    webgpu: (await navigator.gpu.requestAdapter()) !== null,
  };
}
