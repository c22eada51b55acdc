import type { TensorTree } from "@opt/core";
import { checkNumber, checkOptions, clone, describeValue, fail, treeLeaves } from "@opt/core";
import { checkFunction, checkParameters } from "../check.ts";
import { last } from "../iterate.ts";
import type { Loss, Solve } from "../solve.ts";

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

/** What a stage reached. */
export interface HomotopyStage<Params extends TensorTree> {
  /** The stage, counted from 0. */
  readonly stage: number;
  /** The value of the path. */
  readonly t: number;
  /** The parameters at its end: copies, which nothing overwrites. */
  readonly params: Params;
}

/** The result of {@link homotopy} and of `continuation`. */
export interface HomotopyResult<Params extends TensorTree> {
  /** The parameters of the last stage with finite ones. */
  readonly params: Params;
  /** Every stage that ended with finite parameters. */
  readonly stages: readonly HomotopyStage<Params>[];
  /** `completed`; `aborted` by the signal; or `non-finite`: a stage led to infinite or NaN parameters. */
  readonly status: "completed" | "aborted" | "non-finite";
  /** The status as a sentence, with what to try where something went wrong. */
  readonly message: string;
}

const defaultPath = Array.from({ length: 11 }, (_, index) => index / 10);

function isFiniteTree(params: TensorTree): boolean {
  return treeLeaves(params).every((leaf) => Array.from(leaf.readSync()).every(Number.isFinite));
}

/** Checks the values of a path. */
export function checkPath(where: string, name: string, path: readonly number[]): void {
  if (!Array.isArray(path) || path.length === 0) fail("option", `${where}({ ${name} }): must be a list of one or more numbers; got ${describeValue(path)}.`);
  path.forEach((value, index) => checkNumber(where, `${name}[${index}]`, value));
}

/**
 * The stages of {@link homotopy} one by one, to watch or to stop early.
 *
 * @param options - See {@link HomotopyOptions}.
 * @param where - The name under which mistakes are reported. Default `"homotopy"`.
 * @returns An iterator over the stages; the value it returns at its end is the result of {@link homotopy}.
 * @throws OptError as {@link homotopy}.
 */
export async function* homotopyStages<Params extends TensorTree, Rest extends readonly unknown[] = []>(
  options: HomotopyOptions<Params, Rest>,
  where: string = "homotopy",
): AsyncGenerator<HomotopyStage<Params>, HomotopyResult<Params>, undefined> {
  checkOptions(where, options, ["family", "path", "solve", "params", "signal"]);
  const { family, path = defaultPath, solve, signal } = options;
  checkFunction(where, "family", family, "(t) => loss");
  checkFunction(where, "solve", solve, "(loss, params) => params");
  checkPath(where, "path", path);
  checkParameters(where, "params", options.params);
  const stages: HomotopyStage<Params>[] = [];
  let params = clone(options.params);
  for (const [stage, t] of path.entries()) {
    if (signal?.aborted === true) return { params, stages, status: "aborted", message: `aborted by the signal before stage ${stage}.` };
    // Solvers may update what they are given in place; the result of the stage before must survive.
    const reached = clone(await solve(family(t), clone(params)));
    if (!isFiniteTree(reached)) {
      const message = `stage ${stage} (${t}) led to parameters that are infinite or NaN; the result is that of the stage before. Use smaller steps in the solver, or a path with more stages.`;
      return { params, stages, status: "non-finite", message };
    }
    params = reached;
    const record = { stage, t, params };
    stages.push(record);
    yield record;
  }
  return { params, stages, status: "completed", message: `completed ${stages.length} ${stages.length === 1 ? "stage" : "stages"}.` };
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
