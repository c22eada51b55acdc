import type { TensorTree } from "@opt/core";
import { checkOptions } from "@opt/core";
import { checkFunction } from "../check.ts";
import { last } from "../iterate.ts";
import type { Loss, Solve } from "../solve.ts";
import type { HomotopyResult, HomotopyStage } from "./stages.ts";
import { checkPath, runStages } from "./stages.ts";

/** Options of {@link homotopy}. */
export interface HomotopyOptions<Params extends TensorTree, Rest extends readonly unknown[] = []> {
  /** The loss of each t: an easy one at the first value of the path, the one that is meant at the last. */
  readonly family: (t: number) => Loss<Params, Rest>;
  /** The values of t, in order. Default 0, 0.1, …, 1. */
  readonly path?: readonly number[];
  /** Any solver: improves the parameters under one loss. */
  readonly solve: Solve<Params, Rest>;
  /** Where to start. */
  readonly params: Params;
  /** Ends before the next stage. */
  readonly signal?: AbortSignal;
}

const defaultPath = Array.from({ length: 11 }, (_, index) => index / 10);

/**
 * The stages of {@link homotopy} one by one, to watch or to stop early.
 *
 * @param options - See {@link HomotopyOptions}.
 * @returns An iterator over the stages; the value it returns at its end is the result of {@link homotopy}.
 * @throws OptError as {@link homotopy}.
 */
export function homotopyStages<Params extends TensorTree, Rest extends readonly unknown[] = []>(
  options: HomotopyOptions<Params, Rest>,
): AsyncGenerator<HomotopyStage<Params>, HomotopyResult<Params>, undefined> {
  checkOptions("homotopy", options, ["family", "path", "solve", "params", "signal"]);
  const { family, path = defaultPath, solve, params, signal } = options;
  checkFunction("homotopy", "family", family, "(t) => loss");
  checkPath("homotopy", "path", path);
  return runStages("homotopy", { family, path, solve, params, signal });
}

/**
 * A homotopy: minimizes a family of losses `J_t` along a path of t, each from where the one before ended, so that a hard loss
 * is approached through easy ones: `θ⁽ⁱ⁾ = argmin_θ J_{tᵢ}(θ)`, begun at `θ⁽ⁱ⁻¹⁾`.
 *
 * @param options - The family, the path, any solver, and where to start; see {@link HomotopyOptions}.
 * @returns The parameters reached, every stage, and how it ended.
 * @throws OptError `option` or `tree` for bad options; what family and solver throw.
 * @see Allgower and Georg, "Numerical continuation methods", 1990; Goodfellow, Bengio and Courville, Deep Learning, 2016,
 * section 8.7.6.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { homotopy, solveWith } from "@opt/strategies";
 *
 * const { params } = await homotopy({
 *   family: (t) => (x: Tensor) => x.sub(t).pow(2).sum(),
 *   path: [0, 0.5, 1],
 *   solve: solveWith({ optimizer: sgd({ learningRate: 0.5 }), steps: 1 }),
 *   params: tensor([7]),
 * });
 * params.readSync(); // [1]
 * ```
 */
export async function homotopy<Params extends TensorTree, Rest extends readonly unknown[] = []>(
  options: HomotopyOptions<Params, Rest>,
): Promise<HomotopyResult<Params>> {
  return last(homotopyStages(options));
}
