postMessage({ inWorker: typeof document === "undefined" });
