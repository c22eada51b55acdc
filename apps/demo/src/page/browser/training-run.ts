import type { PageMessage, TrainingRequest, WorkerMessage } from "./protocol.ts";

/** A training that runs in a worker of its own. */
export interface TrainingRun {
  pause(): void;
  resume(): void;
  /** Ends the worker at once, whatever it does; its memory and its hold on the GPU go with it. */
  stop(): void;
}

/** Starts a training. The worker is gone after the message `ended` or `failed`. */
export function startTraining(request: TrainingRequest, onMessage: (message: WorkerMessage) => void): TrainingRun {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const send = (message: PageMessage): void => worker.postMessage(message);
  worker.addEventListener("message", ({ data }: MessageEvent<WorkerMessage>) => {
    if (data.kind === "ended" || data.kind === "failed") worker.terminate();
    onMessage(data);
  });
  worker.addEventListener("error", ({ message }) => {
    worker.terminate();
    onMessage({ kind: "failed", message: message || "The worker could not be loaded." });
  });
  send({ kind: "start", request });
  return {
    pause: () => send({ kind: "pause" }),
    resume: () => send({ kind: "resume" }),
    stop: () => worker.terminate(),
  };
}
