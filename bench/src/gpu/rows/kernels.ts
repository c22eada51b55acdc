import type { GpuMode } from "@opt/core/gpu";
import { gpu } from "@opt/core/gpu";
import { adam } from "@opt/first-order";
import type { Breakdown, Row } from "../../row.ts";
import { ourTrainer } from "../../rows/our-training.ts";
import { median } from "../../statistics.ts";
import { describeCode } from "../kernels/describe-code.ts";
import type { RecordedKernel, Recorder } from "../kernels/recorded-kernel.ts";
import { webGl2Recorder } from "../kernels/webgl2-recorder.ts";
import { webGpuRecorder } from "../kernels/webgpu-recorder.ts";
import { modeNames } from "../modes.ts";
import { digits } from "./training.ts";

const ROUNDS = 7;
/** How long a kernel works in one round. */
const MILLISECONDS = 60;

const recorders: Readonly<Record<GpuMode, () => Recorder>> = { webgpu: webGpuRecorder, webgl2: webGl2Recorder };

/** Microseconds that each of some works takes, as the median over rounds in which all take turns; `run` does the work so many times. */
async function turnTimes(works: readonly ((count: number) => void)[], finish: () => Promise<void>): Promise<number[]> {
  const time = async (work: (count: number) => void, count: number): Promise<number> => {
    const start = performance.now();
    work(count);
    await finish();
    return (performance.now() - start) / count;
  };
  const counts: number[] = [];
  for (const work of works) {
    await time(work, 1);
    counts.push(Math.ceil(MILLISECONDS / (await time(work, 4))));
  }
  const times = works.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of works.entries()) times[index]!.push(1000 * (await time(work, counts[index]!)));
  }
  return times.map(median);
}

async function kernelTimes(mode: GpuMode): Promise<{ name: string; value: number }[]> {
  const { record, finish } = recorders[mode]();
  const { run, use } = ourTrainer(digits, adam(), "compiled", { backend: await gpu({ mode }) });
  // Afterwards its shaders are compiled, and its state is on the device.
  for (let turn = 0; turn < 3; turn++) run(turn);
  await use();
  const kernels = record(() => void run(3));
  const step = (count: number): void => {
    for (let time = 0; time < count; time++) for (const { repeat } of kernels) repeat(1);
  };
  const names = [...kernels.map(describe), `all ${String(kernels.length)} in order`];
  const times = await turnTimes([...kernels.map(({ repeat }) => repeat), step], finish);
  return names.map((name, index) => ({ name, value: times[index]! }));
}

function describe({ code, threads }: RecordedKernel, index: number): string {
  return `${String(index + 1)}. ${String(threads)} threads: ${describeCode(code)}`;
}

function breakdown(mode: GpuMode): Breakdown {
  return { kind: "breakdown", name: modeNames[mode], unit: "µs", measure: () => kernelTimes(mode) };
}

export const gpuKernelsRow: Row = {
  name: "gpu-kernels",
  what: "each kernel of our training step 784-128-10 by itself, and all of them",
  cases: () => [breakdown("webgpu"), breakdown("webgl2")],
};
