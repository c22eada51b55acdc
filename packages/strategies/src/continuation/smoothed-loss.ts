import type { Key, Scalar, Tensor, TensorTree } from "@opt/core";
import { add, checkNumber, checkOptions, fail, foldIn, randomNormal, treeMap } from "@opt/core";
import { checkKey } from "../check-key.ts";
import { checkChoice, checkFunction } from "../check.ts";
import type { Loss } from "../solve.ts";

/** Options of {@link smoothedLoss}. */
export interface SmoothedLossOptions {
  /** The standard deviation σ ≥ 0 of the blur, in the units of the parameters; 0 gives the loss itself. */
  readonly sigma: Scalar;
  /** How many draws the mean is taken over; an integer ≥ 1. Default 16. */
  readonly samples?: number;
  /** The key of the draws: the same key, the same draws at every call. Needed unless `sigma` is 0. */
  readonly key?: Key;
  /** Whether each draw is used with both signs, which halves the draws and removes the noise of odd terms; needs even `samples`. Default false. */
  readonly antithetic?: boolean;
}

/** The parameters displaced by `scale · z`, z drawn from the standard normal distribution. */
function displace<Params extends TensorTree>(params: Params, sampleKey: Key, scale: Scalar, sign: number): Params {
  let leafNumber = 0;
  return treeMap((leaf: Tensor) => {
    const dtype = leaf.dtype === "f64" ? "f64" : "f32";
    const noise = randomNormal(foldIn(sampleKey, leafNumber++), leaf.shape, { dtype }).mul(scale);
    return sign > 0 ? leaf.add(noise) : leaf.sub(noise);
  }, params);
}

/**
 * Blurs a loss: `J_σ(θ) = E J(θ′)`, `θ′ ~ N(θ, σ² I)`, by the mean over draws that are the same at every call (common random
 * numbers). So the result is an ordinary, deterministic and differentiable loss for any solver, whose minimum does not
 * jitter; its expectation over keys is exactly the blurred loss.
 *
 * The draws are unrolled into the graph: its size grows with `samples`. Inside a compiled step, a key derived from the step
 * gives fresh draws each time.
 *
 * @param loss - A function `(params, ...rest)` that returns a rank-0 tensor.
 * @param options - See {@link SmoothedLossOptions}.
 * @returns A function of the same form.
 * @throws OptError `option` for a bad option.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.7.6, equation 8.40; Mobahi and Fisher, "A theoretical
 * analysis of optimization by Gaussian continuation", 2015.
 *
 * @example
 * ```ts
 * import { cos, key, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { smoothedLoss } from "@opt/strategies";
 *
 * const ripples = (x: Tensor) => cos(x.mul(10)).sum();
 * const flat = smoothedLoss(ripples, { sigma: 1, samples: 4000, key: key(1) });
 * Math.abs(flat(tensor([0], { dtype: "f64" })).item()) < 0.05; // true
 * ```
 */
export function smoothedLoss<Params extends TensorTree, Rest extends readonly unknown[]>(
  loss: Loss<Params, Rest>,
  options: SmoothedLossOptions,
): Loss<Params, Rest> {
  checkFunction("smoothedLoss", "loss", loss, "(params) => tensor");
  checkOptions("smoothedLoss", options, ["sigma", "samples", "key", "antithetic"]);
  const { sigma } = options;
  if (typeof sigma !== "object") checkNumber("smoothedLoss", "sigma", sigma, { min: 0 });
  const samples = checkNumber("smoothedLoss", "samples", options.samples ?? 16, { min: 1, integer: true });
  const antithetic = checkChoice("smoothedLoss", "antithetic", options.antithetic ?? false, [false, true]);
  if (antithetic && samples % 2 !== 0) fail("option", `smoothedLoss({ samples }): must be even with antithetic: true, because draws come in pairs; got ${samples}.`);
  if (sigma === 0) return loss;
  const drawKey = checkKey("smoothedLoss", options.key);
  return (params, ...rest) => {
    const values = Array.from({ length: samples }, (_, index) => {
      const draw = antithetic ? index >> 1 : index;
      const sign = antithetic && index % 2 === 1 ? -1 : 1;
      return loss(displace(params, foldIn(drawKey, draw), sigma, sign), ...rest);
    });
    return values.reduce((total, value) => add(total, value)).div(samples);
  };
}
