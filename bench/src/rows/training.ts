import { adam } from "@opt/first-order";
import { inProcess } from "../contenders/contender.ts";
import { optax, torch } from "../contenders/python.ts";
import { tensorFlow } from "../contenders/tensorflow.ts";
import type { Row } from "../row.ts";
import { jaxTraining } from "./jax-training.ts";
import type { Problem } from "./networks.ts";
import { ourTraining } from "./our-training.ts";
import { tensorFlowTraining } from "./tensorflow-training.ts";

export const digits: Problem = { sizes: [784, 128, 10], batch: 128, activation: "relu", loss: "softmax-cross-entropy" };
const tiny: Problem = { sizes: [2, 16, 16, 1], batch: 32, activation: "tanh", loss: "mean-squared-error" };

export const digitsRow: Row = {
  name: "train-digits",
  what: "training step 784-128-10, batch 128, Adam",
  cases: () => [
    {
      kind: "comparison",
      name: "784-128-10, batch 128",
      ours: () => ourTraining(digits, adam()),
      peers: {
        "TensorFlow.js": async () => inProcess(tensorFlowTraining(await tensorFlow(), digits)),
        "jax-js": () => jaxTraining(digits),
        PyTorch: () => torch("train", { ...digits, optimizer: "adam-fused" }),
        optax: () => optax("train", { ...digits }),
      },
      figure: { unit: "µs" },
      bars: [
        { than: "TensorFlow.js", atLeast: 10 },
        { than: "jax-js", atLeast: 2.2 },
        { than: "PyTorch", atLeast: 0.8 },
      ],
    },
  ],
};

export const tinyRow: Row = {
  name: "train-tiny",
  what: "training step 2-16-16-1 tanh, batch 32, Adam",
  cases: () => [
    {
      kind: "comparison",
      name: "2-16-16-1, batch 32",
      ours: () => ourTraining(tiny, adam()),
      peers: {
        PyTorch: () => torch("train", { ...tiny, optimizer: "adam-fused" }),
        optax: () => optax("train", { ...tiny }),
        "jax-js": () => jaxTraining(tiny),
        "TensorFlow.js": async () => inProcess(tensorFlowTraining(await tensorFlow(), tiny)),
      },
      figure: { unit: "µs" },
      bars: [
        { than: "PyTorch", atLeast: 60 },
        { than: "jax-js", atLeast: 100 },
        { than: "TensorFlow.js", atLeast: 180 },
      ],
    },
  ],
};

export const lazyRow: Row = {
  name: "lazy",
  what: "training step 784-128-10 without compile, against the compiled one",
  cases: () => [
    {
      kind: "comparison",
      name: "784-128-10, batch 128, lazy",
      ours: () => ourTraining(digits, adam(), "lazy"),
      others: { compiled: () => ourTraining(digits, adam()) },
      figure: { unit: "µs" },
      bars: [{ than: "compiled", atMost: 1.15 }],
    },
  ],
};
