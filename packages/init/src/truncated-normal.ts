import { checkNumber, checkOptions, foldIn, hostRandomNormal, tensor } from "@opt/core";
import type { Initializer, Key } from "@opt/core";
import { checkHostKey } from "./host-key.ts";

/** Options of {@link truncatedNormal}. */
export interface TruncatedNormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** The standard deviation before the tails are cut off, > 0. Default 0.05. */
  readonly standardDeviation?: number;
  /** Where the tails are cut off, in standard deviations from the mean, ≥ 0.1. Default 2. */
  readonly cutoff?: number;
}

/** Standard normal numbers within ±cutoff: what falls outside is drawn again from a fresh key. */
function drawWithin(key: Key, count: number, cutoff: number): Float64Array {
  const result = new Float64Array(count);
  let filled = 0;
  for (let round = 0; filled < count; round++) {
    for (const candidate of hostRandomNormal(foldIn(key, round), count)) {
      if (filled < count && Math.abs(candidate) <= cutoff) result[filled++] = candidate;
    }
  }
  return result;
}

/**
 * Makes an initializer that draws from a normal distribution without tails: `w ~ N(mean, standardDeviation²)` given
 * `|w − mean| ≤ cutoff · standardDeviation`.
 *
 * Cutting makes the result's standard deviation smaller than the one given: by the factor 0.8796 for a cutoff of 2. JAX and
 * Keras divide by that factor in their variance-scaling initializers but not in their plain truncated normal; nor do we.
 * PyTorch states the cutoffs as absolute numbers.
 *
 * @param options - Mean, standard deviation and cutoff.
 * @returns The initializer. It works on the host, so its key must be made of numbers: it cannot be called with a traced key
 * inside a compiled function.
 * @throws OptError `option` for a bad option; the initializer throws `trace` for a traced key.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { truncatedNormal } from "@opt/init";
 *
 * const weight = truncatedNormal({ standardDeviation: 0.02 })(key(1), [784, 128]); // within ±0.04
 * ```
 */
export function truncatedNormal(options: TruncatedNormalOptions = {}): Initializer {
  checkOptions("truncatedNormal", options, ["mean", "standardDeviation", "cutoff"]);
  const { mean = 0, standardDeviation = 0.05, cutoff = 2 } = options;
  checkNumber("truncatedNormal", "mean", mean);
  checkNumber("truncatedNormal", "standardDeviation", standardDeviation, { above: 0 });
  // Below 0.1 nearly all draws would be thrown away; a uniform distribution is the same there.
  checkNumber("truncatedNormal", "cutoff", cutoff, { min: 0.1 });
  return (key, shape, { dtype = "f32" } = {}) => {
    checkHostKey("truncatedNormal", key);
    const count = shape.reduce((product, length) => product * length, 1);
    const data = drawWithin(key, count, cutoff).map((draw) => mean + standardDeviation * draw);
    return tensor(dtype === "f64" ? data : Float32Array.from(data), { shape });
  };
}
