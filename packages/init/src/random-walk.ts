import { checkNumber, checkOptions } from "@opt/core";
import type { Initializer } from "@opt/core";
import { checkChoice } from "./choice.ts";
import { fans } from "./fans.ts";
import { scaledInitializer } from "./variance-scaling.ts";

/** The activations whose random-walk gain is known. */
export type RandomWalkActivation = "linear" | "relu";

const gains: Readonly<Record<RandomWalkActivation, (width: number) => number>> = {
  linear: (width) => Math.exp(1 / (2 * width)),
  relu: (width) => Math.SQRT2 * Math.exp(1.2 / (Math.max(width, 6) - 2.4)),
};

/**
 * The gain for very deep networks of layers with N units: linear `exp(1 / (2N))`, relu `√2 · exp(1.2 / (max(N, 6) − 2.4))`.
 *
 * From layer to layer the logarithm of a gradient's length makes a random step. A gain that keeps the *mean of the squared length* lets the *typical* length
 * shrink, by `exp(−1 / (2N))` in every linear layer; this one keeps the mean of the logarithm, so that after D layers only a random walk of size `√(D / N)`
 * is left. For hundreds of layers the difference decides; for wide and shallow networks both are the same.
 *
 * @param activation - The activation that follows the weights.
 * @param width - The number of units N of a layer, ≥ 1.
 * @returns The gain.
 * @throws OptError `option` for an unknown activation or a bad width.
 *
 * @example
 * ```ts
 * import { randomWalkGain } from "@opt/init";
 *
 * randomWalkGain("linear", 100); // 1.00501
 * randomWalkGain("relu", 100); // 1.43171
 * ```
 *
 * @see Sussillo and Abbott, "Random walk initialization for training very deep feedforward networks", 2014; the formula for relu is their fit, within
 * 2 % of the exact expectation from 8 units on and within 0.1 % from 20 on.
 */
export function randomWalkGain(activation: RandomWalkActivation, width: number): number {
  checkChoice("randomWalkGain", "activation", activation, Object.keys(gains));
  return gains[activation](checkNumber("randomWalkGain", "width", width, { min: 1, integer: true }));
}

/** Options of {@link randomWalk}. */
export interface RandomWalkOptions {
  /** The activation that follows the weights. Default `relu`. */
  readonly activation?: RandomWalkActivation;
}

/**
 * Makes the initializer for very deep networks: `w ~ N(0, g² / m)` for m inputs, with the gain g of {@link randomWalkGain} for m units.
 *
 * @param options - The activation; for others scale by data, with `lsuv`.
 * @returns The initializer, for weights of two or more axes.
 * @throws OptError `option` for an unknown activation; the initializer throws `shape` for fewer than two axes.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { randomWalk } from "@opt/init";
 *
 * const weight = randomWalk({ activation: "relu" })(key(1), [64, 64]);
 * ```
 *
 * @see Sussillo and Abbott, 2014; Goodfellow, Bengio and Courville, Deep Learning, section 8.4.
 */
export function randomWalk(options: RandomWalkOptions = {}): Initializer {
  checkOptions("randomWalk", options, ["activation"]);
  const { activation = "relu" } = options;
  checkChoice("randomWalk", "activation", activation, Object.keys(gains));
  return (key, shape, initOptions) => {
    const gain = randomWalkGain(activation, Math.max(fans(shape).fanIn, 1));
    return scaledInitializer("randomWalk", { gain, mode: "fan-in", distribution: "normal" })(key, shape, initOptions);
  };
}
