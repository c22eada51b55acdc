import type { GpuMode } from "@opt/core/gpu";
import { gpu } from "@opt/core/gpu";
import { adam, sgd } from "@opt/first-order";
import type { Comparison, Row } from "../../row.ts";
import { jaxJs } from "../../contenders/jax.ts";
import { jaxTrainer } from "../../rows/jax-training.ts";
import type { Problem } from "../../rows/networks.ts";
import { ourTrainer } from "../../rows/our-training.ts";
import { tensorFlowTraining } from "../../rows/tensorflow-training.ts";
import { issued } from "../issued.ts";
import { modeNames } from "../modes.ts";
import { tensorFlowOn } from "../tensorflow.ts";

export const digits: Problem = { sizes: [784, 128, 10], batch: 128, activation: "relu", loss: "softmax-cross-entropy" };
export const tiny: Problem = { sizes: [16, 16, 4], batch: 16, activation: "relu", loss: "softmax-cross-entropy" };

function digitsOn(mode: GpuMode, peers: Comparison["peers"], bars: Comparison["bars"]): Comparison {
  return {
    kind: "comparison",
    name: modeNames[mode],
    ours: async () => issued(ourTrainer(digits, adam(), "compiled", { backend: await gpu({ mode }) })),
    peers: { "TensorFlow.js": async () => issued(tensorFlowTraining(await tensorFlowOn(mode), digits)), ...peers },
    tolerance: 1e-3,
    figure: { unit: "ms" },
    bars,
  };
}

export const gpuDigitsRow: Row = {
  name: "gpu-digits",
  what: "training step 784-128-10, batch 128, Adam",
  cases: () => [
    digitsOn("webgpu", { "jax-js": async () => issued(jaxTrainer(await jaxJs("webgpu"), digits)) }, [
      { than: "TensorFlow.js", atLeast: 2.5 },
      { than: "jax-js", atLeast: 1 },
    ]),
    digitsOn("webgl2", {}, [{ than: "TensorFlow.js", atLeast: 1 }]),
  ],
};

function tinyOn(mode: GpuMode, atLeast: number): Comparison {
  return {
    kind: "comparison",
    name: modeNames[mode],
    ours: async () => issued(ourTrainer(tiny, sgd({ learningRate: 0.01 }), "compiled", { backend: await gpu({ mode }) })),
    peers: { "TensorFlow.js": async () => issued(tensorFlowTraining(await tensorFlowOn(mode), tiny, "sgd")) },
    figure: { unit: "ms" },
    bars: [{ than: "TensorFlow.js", atLeast }],
  };
}

export const gpuTinyRow: Row = {
  name: "gpu-tiny",
  what: "training step 16-16-4, batch 16, SGD",
  cases: () => [tinyOn("webgpu", 30), tinyOn("webgl2", 6)],
};
