import type { TensorTree } from "@opt/core";
import { checkNumber, clone, describeValue, fail, treeLeaves } from "@opt/core";
import { checkFunction, checkParameters } from "../check.ts";
import type { Loss, Solve } from "../solve.ts";

/** What {@link runStages} needs: a family of losses, and the values along which it is solved. */
export interface StagesOptions<Params extends TensorTree, Rest extends readonly unknown[]> {
  readonly family: (t: number) => Loss<Params, Rest>;
  readonly path: readonly number[];
  readonly solve: Solve<Params, Rest>;
  readonly params: Params;
  readonly signal: AbortSignal | undefined;
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

/** Checks the values of a path. */
export function checkPath(where: string, name: string, path: readonly number[]): void {
  if (!Array.isArray(path) || path.length === 0) fail("option", `${where}({ ${name} }): must be a list of one or more numbers; got ${describeValue(path)}.`);
  path.forEach((value, index) => checkNumber(where, `${name}[${index}]`, value));
}

function isFiniteTree(params: TensorTree): boolean {
  return treeLeaves(params).every((leaf) => Array.from(leaf.readSync()).every(Number.isFinite));
}

/** Solves a family of losses one after the other, each from where the one before ended; mistakes are reported under the name `where`. */
export async function* runStages<Params extends TensorTree, Rest extends readonly unknown[] = []>(
  where: string,
  { family, path, solve, params: start, signal }: StagesOptions<Params, Rest>,
): AsyncGenerator<HomotopyStage<Params>, HomotopyResult<Params>, undefined> {
  checkFunction(where, "solve", solve, "(loss, params) => params");
  checkParameters(where, "params", start);
  const stages: HomotopyStage<Params>[] = [];
  let params = clone(start);
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
