import { chooseBackend } from "./choose-backend.ts";
import { makeGate } from "./gate.ts";
import type { PageMessage, TrainingRequest, WorkerMessage } from "./protocol.ts";
import { trainDigits } from "./train-digits.ts";

const gate = makeGate();

function report(message: WorkerMessage): void {
  postMessage(message);
}

async function start(request: TrainingRequest): Promise<void> {
  try {
    const { name } = await chooseBackend(request.backend);
    report({ kind: "backend", name });
    await trainDigits(request, report, gate);
  } catch (error) {
    report({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener("message", ({ data }: MessageEvent<PageMessage>) => {
  if (data.kind === "start") void start(data.request);
  else if (data.kind === "pause") gate.close();
  else gate.open();
});
