import type { Key, Scalar, Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, concatenate, fail, foldIn, randomNormal, reshape, slice, treeMap } from "@opt/core";
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

type Blur = Required<Pick<SmoothedLossOptions, "sigma" | "samples" | "antithetic">>;

/** Draws `σz` for all samples, stacked along a new first axis: one draw of random numbers for each tensor of parameters. */
function drawNoise<Params extends TensorTree>(params: Params, drawKey: Key, { sigma, samples, antithetic }: Blur): Params {
  let leafNumber = 0;
  return treeMap((leaf: Tensor) => {
    const draws = antithetic ? samples / 2 : samples;
    const noise = randomNormal(foldIn(drawKey, leafNumber++), [draws, ...leaf.shape], { dtype: leaf.dtype === "f64" ? "f64" : "f32" }).mul(sigma);
    return antithetic ? concatenate([noise, noise.neg()], 0) : noise;
  }, params);
}

/** The parameters displaced by the noise of one sample. */
function displace<Params extends TensorTree>(params: Params, noise: Params, sample: number): Params {
  return treeMap((leaf: Tensor, draws: Tensor) => leaf.add(reshape(slice(draws, 0, sample, sample + 1), leaf.shape)), params, noise);
}

/**
 * Blurs a loss: `J_σ(θ) = E J(θ′)`, `θ′ ~ N(θ, σ² I)`, by the mean over draws that are the same at every call (common random
 * numbers). So the result is an ordinary, deterministic and differentiable loss for any solver, whose minimum does not
 * jitter; its expectation over keys is exactly the blurred loss.
 *
 * The loss stands in the graph once for each draw, and the noise of all draws is held at once: tens of draws, not
 * thousands. Where a solver takes many steps, a key that changes with the step gives each of them fresh draws instead.
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
 * const ripples = (x: Tensor) => cos(x).sum();
 * const flat = smoothedLoss(ripples, { sigma: 1, samples: 64, key: key(3) });
 * ripples(tensor([0])).item(); // 1
 * // The exact blurred value is e^(−1/2) = 0.607.
 * flat(tensor([0])).item(); // 0.616
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
    const noise = drawNoise(params, drawKey, { sigma, samples, antithetic });
    const values = Array.from({ length: samples }, (_, sample) => reshape(loss(displace(params, noise, sample), ...rest), [1]));
    return concatenate(values, 0).mean();
  };
}
