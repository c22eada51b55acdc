import type { GpuMode } from "@opt/core/gpu";
import { gpu } from "@opt/core/gpu";
import { adam } from "@opt/first-order";
import type { Comparison, Row } from "../../row.ts";
import { tensorFlowAdam } from "../../rows/tensorflow-adam.ts";
import { updateProgram } from "../../rows/update-step.ts";
import { issued } from "../issued.ts";
import { modeNames } from "../modes.ts";
import { tensorFlowOn } from "../tensorflow.ts";

const COUNT = 4 * 2 ** 20;

function adamOn(mode: GpuMode): Comparison {
  return {
    kind: "comparison",
    name: modeNames[mode],
    ours: async () => issued(updateProgram(adam({ learningRate: 0.001 }), COUNT, { backend: await gpu({ mode }) })),
    peers: { "TensorFlow.js": async () => issued(tensorFlowAdam(await tensorFlowOn(mode), COUNT)) },
    figure: { unit: "ms" },
    bars: [{ than: "TensorFlow.js", atLeast: 1.5 }],
  };
}

export const gpuAdamRow: Row = {
  name: "gpu-adam",
  what: "Adam on 4 million parameters",
  cases: () => [adamOn("webgpu"), adamOn("webgl2")],
};
