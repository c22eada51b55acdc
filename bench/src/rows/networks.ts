import type { Tensor } from "@opt/core";
import { fromArray, zeros } from "@opt/core";
import { inputs32 } from "../inputs.ts";

/** Weights of a fully connected network, as plain arrays: every contender starts from the same. */
export interface PlainLayer {
  readonly rows: number;
  readonly columns: number;
  readonly weight: Float32Array<ArrayBuffer>;
}

/** Glorot's uniform range, from the common inputs (`network` in native/serve.py). */
export function plainNetwork(sizes: readonly number[]): PlainLayer[] {
  return sizes.slice(1).map((columns, index) => {
    const rows = sizes[index]!;
    const scale = 2 * Math.sqrt(6 / (rows + columns));
    return { rows, columns, weight: inputs32(rows * columns, 100 + index).map((value) => value * scale) };
  });
}

/** The same as the parameters of our `mlp`. */
export function ourNetwork(sizes: readonly number[]): { layers: { weight: Tensor; bias: Tensor }[] } {
  return {
    layers: plainNetwork(sizes).map(({ rows, columns, weight }) => ({ weight: fromArray(weight, [rows, columns]), bias: zeros([columns]) })),
  };
}

/** How parameters change: Adam with step size 0.001, or gradient descent with 0.01. */
export type Rule = "adam" | "sgd";

/** A training problem that all contenders know. */
export interface Problem {
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly activation: "relu" | "tanh";
  readonly loss: "softmax-cross-entropy" | "mean-squared-error";
}
