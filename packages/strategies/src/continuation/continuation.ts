import type { Key, Schedule, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, fail } from "@opt/core";
import { checkKey } from "../check-key.ts";
import { checkFunction } from "../check.ts";
import { last } from "../iterate.ts";
import type { Loss, Solve } from "../solve.ts";
import { smoothedLoss } from "./smoothed-loss.ts";
import type { HomotopyResult, HomotopyStage } from "./stages.ts";
import { checkPath, runStages } from "./stages.ts";

/** Options of {@link continuation}. */
export interface ContinuationOptions<Params extends TensorTree, Rest extends readonly unknown[] = []> {
  /** The loss that is meant; blurred by Monte-Carlo. Either this or `smoothed`. */
  readonly loss?: Loss<Params, Rest>;
  /** The blurred loss in closed form, for each σ ≥ 0; 0 is the loss itself. */
  readonly smoothed?: (sigma: number) => Loss<Params, Rest>;
  /** The standard deviations, none larger than the one before; or a schedule of the stage, with `stages`. End with 0. */
  readonly sigmas: readonly number[] | Schedule;
  /** The number of stages of a schedule; an integer ≥ 1. */
  readonly stages?: number;
  /** Any solver: improves the parameters under one loss. */
  readonly solve: Solve<Params, Rest>;
  /** Where to start. */
  readonly params: Params;
  /** With `loss`: how many draws the blur takes. Default 16. */
  readonly samples?: number;
  /** With `loss`: the key of the draws. All stages take the same ones, so that the path moves with σ and not with the noise. */
  readonly key?: Key;
  /** With `loss`: whether draws are used with both signs. Default false. */
  readonly antithetic?: boolean;
  /** Ends before the next stage. */
  readonly signal?: AbortSignal;
}

const optionNames = ["loss", "smoothed", "sigmas", "stages", "solve", "params", "samples", "key", "antithetic", "signal"];

function sigmaPath(sigmas: readonly number[] | Schedule, stages: number | undefined): readonly number[] {
  let path: readonly number[];
  if (typeof sigmas === "function") {
    const count = checkNumber("continuation", "stages", stages, { min: 1, integer: true });
    path = Array.from({ length: count }, (_, stage) => sigmas(stage));
  } else {
    if (stages !== undefined) fail("option", "continuation({ stages }): belongs to a schedule of sigmas; the list of sigmas already says how many stages there are.");
    path = sigmas;
  }
  checkPath("continuation", "sigmas", path);
  path.forEach((sigma, index) => {
    checkNumber("continuation", `sigmas[${index}]`, sigma, { min: 0 });
    const before = path[index - 1] ?? Number.POSITIVE_INFINITY;
    if (sigma > before) fail("option", `continuation({ sigmas }): must not grow, because each stage starts where a more blurred one ended; got ${before} and then ${sigma}.`);
  });
  return path;
}

function familyOf<Params extends TensorTree, Rest extends readonly unknown[]>(options: ContinuationOptions<Params, Rest>): (sigma: number) => Loss<Params, Rest> {
  const { loss, smoothed, key, samples, antithetic } = options;
  if ((loss === undefined) === (smoothed === undefined)) {
    fail("option", `continuation({ loss, smoothed }): needs exactly one of them; got ${loss === undefined ? "none" : "both"}. Use smoothed where the blurred loss is known in closed form.`);
  }
  if (smoothed !== undefined) {
    checkFunction("continuation", "smoothed", smoothed, "(sigma) => loss");
    const extra = Object.entries({ key, samples, antithetic }).find(([, value]) => value !== undefined);
    if (extra !== undefined) fail("option", `continuation({ ${extra[0]} }): belongs to the Monte-Carlo blur of loss; smoothed draws nothing.`);
    return smoothed;
  }
  checkFunction("continuation", "loss", loss, "(params) => tensor");
  const drawKey = checkKey("continuation", key);
  const rest = { ...(samples !== undefined && { samples }), ...(antithetic !== undefined && { antithetic }) };
  // `loss` is there: exactly one of the two is.
  return (sigma) => smoothedLoss(loss!, { sigma, key: drawKey, ...rest });
}

/**
 * The stages of {@link continuation} one by one, to watch or to stop early; `t` of a stage is its σ.
 *
 * @param options - See {@link ContinuationOptions}.
 * @returns An iterator over the stages; the value it returns at its end is the result of {@link continuation}.
 * @throws OptError as {@link continuation}.
 */
export function continuationStages<Params extends TensorTree, Rest extends readonly unknown[] = []>(
  options: ContinuationOptions<Params, Rest>,
): AsyncGenerator<HomotopyStage<Params>, HomotopyResult<Params>, undefined> {
  checkOptions("continuation", options, optionNames);
  const { solve, params, signal } = options;
  const path = sigmaPath(options.sigmas, options.stages);
  const family = familyOf(options);
  return runStages("continuation", { family, path, solve, params, signal });
}

/**
 * Continuation by blurring, or graduated optimization: minimizes `J⁽ⁱ⁾(θ) = E J(θ′)`, `θ′ ~ N(θ, σᵢ² I)`, for falling σᵢ,
 * each from where the one before ended. A wide blur removes local minima; the minimum of the blurred loss then leads into
 * the basin of a deep one, as far as blurring makes the loss convex at all.
 *
 * @param options - The loss, or its blurred family in closed form; the σᵢ; any solver; and where to start.
 * @returns The parameters reached, every stage (its `t` is σ), and how it ended.
 * @throws OptError `option` or `tree` for bad options; what loss and solver throw.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.7.6, equation 8.40; Blake and Zisserman, "Visual
 * reconstruction", 1987; Mobahi and Fisher, "A theoretical analysis of optimization by Gaussian continuation", 2015.
 *
 * @example
 * ```ts
 * import { cos, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { continuation, solveWith } from "@opt/strategies";
 *
 * // x² / 2 − 4 cos 4x has its deepest minimum at 0 and many others around it; blurring damps the cosine by e^(−8σ²).
 * const smoothed = (sigma: number) => (x: Tensor) => x.pow(2).mul(0.5).sub(cos(x.mul(4)).mul(4 * Math.exp(-8 * sigma ** 2))).sum();
 * const { params } = await continuation({
 *   smoothed,
 *   sigmas: [1, 0.5, 0.25, 0],
 *   solve: solveWith({ optimizer: sgd({ learningRate: 0.01 }), steps: 400 }),
 *   params: tensor([5]),
 * });
 * Math.abs(params.item()) < 0.001; // true
 * ```
 */
export async function continuation<Params extends TensorTree, Rest extends readonly unknown[] = []>(
  options: ContinuationOptions<Params, Rest>,
): Promise<HomotopyResult<Params>> {
  return last(continuationStages(options));
}
