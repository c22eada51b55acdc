import { checkNumber, describeValue, fail, nearest } from "@opt/core";

/** The activations whose gain is known. */
export type GainName = "linear" | "sigmoid" | "tanh" | "relu" | "leaky-relu" | "selu";

const gains: Readonly<Record<GainName, (slope: number) => number>> = {
  linear: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  "leaky-relu": (slope) => Math.sqrt(2 / (1 + slope ** 2)),
  selu: () => 3 / 4,
};

function isGainName(name: unknown): name is GainName {
  return typeof name === "string" && Object.hasOwn(gains, name);
}

/**
 * The factor by which weights before an activation are enlarged, so that the variance of the signal is kept from layer to
 * layer: linear 1, sigmoid 1, tanh 5/3, relu √2, leaky-relu √(2 / (1 + slope²)), selu 3/4.
 *
 * @param activation - The activation that follows the weights.
 * @param slope - The slope of `leaky-relu` below zero. Default 0.01.
 * @returns The gain.
 * @throws OptError `option` for an unknown activation, naming the nearest known one.
 *
 * @example
 * ```ts
 * import { gain, orthogonal } from "@opt/init";
 *
 * const initializer = orthogonal({ gain: gain("tanh") });
 * ```
 *
 * @see He et al., "Delving deep into rectifiers", 2015, equations 10 and 14 (relu and leaky relu); the other values are
 * those of PyTorch's `calculate_gain`.
 */
export function gain(activation: GainName, slope = 0.01): number {
  if (!isGainName(activation)) {
    const suggestion = typeof activation === "string" ? nearest(activation, Object.keys(gains)) : undefined;
    const hint = suggestion === undefined ? `Known: ${Object.keys(gains).join(", ")}.` : `Did you mean "${suggestion}"?`;
    return fail("option", `gain(activation): unknown activation ${describeValue(activation)}. ${hint}`);
  }
  return gains[activation](checkNumber("gain", "slope", slope));
}
