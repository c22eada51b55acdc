import { formatCount } from "../../terminal/format.ts";
import { byId } from "./elements.ts";
import type { WorkerMessage } from "./protocol.ts";
import { makeResultsView } from "./results-view.ts";
import { fillSettings, readSettings } from "./settings.ts";
import type { TrainingRun } from "./training-run.ts";
import { startTraining } from "./training-run.ts";

/** `idle` before the first training and after each, `preparing` until the first step. */
type Phase = "idle" | "preparing" | "running" | "paused";

const form = byId("controls", HTMLFormElement);
const settings = byId("settings", HTMLFieldSetElement);
const [start, pause, stop] = [byId("start", HTMLButtonElement), byId("pause", HTMLButtonElement), byId("stop", HTMLButtonElement)];
const [status, error] = [byId("status", HTMLElement), byId("error", HTMLElement)];
fillSettings(form);
const results = makeResultsView();

let phase: Phase = "idle";
let run: TrainingRun | undefined;
let digits = "";

function enter(next: Phase, sentence: string): void {
  phase = next;
  status.textContent = sentence;
  const focused = document.activeElement;
  settings.disabled = start.disabled = phase !== "idle";
  stop.disabled = phase === "idle";
  pause.disabled = phase === "idle" || phase === "preparing";
  pause.textContent = phase === "paused" ? "Resume" : "Pause";
  // A button that is switched off takes the keyboard's place in the page with it: the one that follows from it gets it.
  if (focused instanceof HTMLButtonElement && focused.disabled) (phase === "idle" ? start : stop).focus();
}

function fail(message: string): void {
  enter("idle", "");
  error.textContent = message;
}

function onMessage(message: WorkerMessage): void {
  switch (message.kind) {
    case "backend":
      results.showBackend(message.name);
      status.textContent = "Preparing the digits …";
      break;
    case "digits":
      digits = message.description;
      results.expect(message.totalSteps);
      enter("running", `Learning from ${digits}.`);
      break;
    case "progress":
      results.addLosses(message.losses, message.stepsPerSecond);
      break;
    case "paused":
      // It may have been told to go on in the meantime.
      if (phase === "paused") status.textContent = "Paused.";
      break;
    case "epoch":
      results.addEpoch(message.epoch, message.loss, message.accuracy);
      break;
    case "ended":
      if (message.message === "") enter("idle", `Done: ${formatCount(results.steps)} steps on ${digits}.`);
      else fail(message.message);
      break;
    case "failed":
      fail(message.message);
      break;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  error.textContent = "";
  results.clear();
  run = startTraining(readSettings(form), onMessage);
  enter("preparing", "Starting …");
});

pause.addEventListener("click", () => {
  if (phase === "paused") {
    run?.resume();
    enter("running", `Learning from ${digits}.`);
  } else {
    run?.pause();
    enter("paused", "Pausing …");
  }
});

stop.addEventListener("click", () => {
  run?.stop();
  enter("idle", `Stopped after ${formatCount(results.steps)} steps.`);
});
