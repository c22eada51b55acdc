import type { Shape } from "@opt/core";
import type { BatchNormOptions } from "../src/index.ts";

/** One normalization in one of its forms. */
export interface Variant {
  readonly name: string;
  readonly options: BatchNormOptions;
  /** The shape of its inputs. */
  readonly shape: Shape;
}

/** Every form of the normalization; the contract runs over all of them. */
export const variants: readonly Variant[] = [
  { name: "units of a dense layer", options: { features: 3 }, shape: [6, 3] },
  { name: "a sequence, channels first", options: { features: 2, axes: [0, 2] }, shape: [3, 2, 4] },
  { name: "an image, channels first", options: { features: 2, axes: [0, 2, 3] }, shape: [2, 2, 3, 2] },
  { name: "an image, channels last", options: { features: 3, axes: [0, 1, 2] }, shape: [2, 2, 2, 3] },
  { name: "each place of an image by itself", options: { shape: [2, 2, 2] }, shape: [5, 2, 2, 2] },
  { name: "without scale", options: { features: 3, scale: false }, shape: [5, 3] },
  { name: "without shift", options: { features: 3, center: false }, shape: [5, 3] },
  { name: "as Keras has it", options: { features: 3, momentum: 0.99, momentumConvention: "old-weight", epsilon: 1e-3, varianceForRunning: "biased" }, shape: [5, 3] },
  { name: "cumulative", options: { features: 3, momentum: "cumulative" }, shape: [5, 3] },
];
