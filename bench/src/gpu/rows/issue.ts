import { gpu } from "@opt/core/gpu";
import { adam } from "@opt/first-order";
import type { Row } from "../../row.ts";
import { ourTrainer } from "../../rows/our-training.ts";
import { quantile } from "../../statistics.ts";
import { tiny } from "./training.ts";

const BATCHES = 400;
/** As many as go into one submission, so that each batch pays for all of its own. */
const STEPS = 16;

/** Microseconds of JavaScript for one step. */
async function issueTime(): Promise<number> {
  const { run, use } = ourTrainer(tiny, adam(), "compiled", { backend: await gpu({ mode: "webgpu" }) });
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = performance.now();
    for (let step = 0; step < STEPS; step++) run(step);
    times.push((1000 * (performance.now() - start)) / STEPS);
    // The GPU does its work between the batches.
    await use();
  }
  // The first batches run code that the engine has not optimized, and on a busy machine the slow ones were interrupted.
  return quantile(times.slice(BATCHES / 4), 0.25);
}

export const gpuIssueRow: Row = {
  name: "gpu-issue",
  what: "JavaScript time to issue one step of two layers with Adam, small ones so that the GPU takes no time from it",
  cases: () => [{ kind: "measurement", name: "WebGPU", measure: issueTime, unit: "µs", bars: [{ figure: "µs", atMost: 30 }] }],
};
