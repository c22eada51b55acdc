import type { Optimizer } from "@opt/core";
import { adagrad, adam, adamW, deltaBarDelta, momentum, nesterov, rmsprop, rmspropNesterov, sgd } from "@opt/first-order";
import { atLimit } from "../contenders/limits.ts";
import { torch } from "../contenders/python.ts";
import type { Comparison, Row } from "../row.ts";
import { updateStep } from "./update-step.ts";

const COUNT = 4 * 2 ** 20;

/** What an optimizer must do for each parameter at the least. */
interface Need {
  readonly name: string;
  readonly make: () => Optimizer;
  /** Arrays of parameters, gradients and state that are read, and those that are written. */
  readonly streams: number;
  /** Square roots, and divisions. */
  readonly roots: number;
  readonly divisions: number;
  /** The same rule in PyTorch. */
  readonly torch?: string;
}

const needs: readonly Need[] = [
  { name: "sgd", make: () => sgd({ learningRate: 0.01 }), streams: 3, roots: 0, divisions: 0, torch: "sgd" },
  { name: "momentum", make: () => momentum({ learningRate: 0.01 }), streams: 5, roots: 0, divisions: 0, torch: "momentum" },
  { name: "nesterov", make: () => nesterov({ learningRate: 0.01 }), streams: 5, roots: 0, divisions: 0, torch: "nesterov" },
  { name: "adagrad", make: () => adagrad({ learningRate: 0.01 }), streams: 5, roots: 1, divisions: 1, torch: "adagrad" },
  { name: "rmsprop", make: () => rmsprop({ decay: 0.9, epsilon: 1e-8, epsilonInsideRoot: false }), streams: 5, roots: 1, divisions: 1, torch: "rmsprop" },
  { name: "rmspropNesterov", make: () => rmspropNesterov(), streams: 7, roots: 1, divisions: 1 },
  { name: "deltaBarDelta", make: () => deltaBarDelta({ learningRate: 0.01 }), streams: 7, roots: 0, divisions: 0 },
  { name: "adam", make: () => adam(), streams: 7, roots: 1, divisions: 1, torch: "adam-fused" },
  { name: "adamW", make: () => adamW(), streams: 7, roots: 1, divisions: 1, torch: "adamw-fused" },
];

function comparison({ name, make, streams, roots, divisions, torch: torchName }: Need): Comparison {
  const bytes = 4 * streams * COUNT;
  return {
    kind: "comparison",
    name,
    ours: () => updateStep(make(), COUNT),
    ...(torchName !== undefined && { peers: { PyTorch: () => torch("update", { count: COUNT, optimizer: torchName }) } }),
    others: {
      "bytes or roots": () =>
        atLimit([{ kind: "update", bytes, workingSet: bytes }], [{ kind: "root-f32", count: roots * COUNT }, { kind: "divide-f32", count: divisions * COUNT }]),
    },
    figure: { unit: "GB/s", amount: bytes },
    bars: [{ than: "bytes or roots", atLeast: 0.8 }],
  };
}

export const optimizersRow: Row = {
  name: "optimizers",
  what: "every elementwise optimizer on 4 million parameters, against the time that its bytes or its square roots and divisions need",
  cases: () => needs.map(comparison),
};
