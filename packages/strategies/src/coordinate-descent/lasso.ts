import type { Key, Tensor } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail, foldIn, fromArray, hostPermutation } from "@opt/core";
import { checkChoice } from "../check.ts";
import { checkKey } from "../check-key.ts";
import type { LassoGap, LassoPoint, LassoProblem } from "./lasso-problem.ts";
import { coefficientStep, lassoProblem, measureGap, refreshResidual } from "./lasso-problem.ts";
import type { MatrixLike, VectorLike } from "./matrix.ts";
import { innerProduct, readMatrix, readVector, transposed } from "./matrix.ts";

/** Options of {@link lasso}. */
export interface LassoOptions {
  /** The design X: a row for each example, [n, p]. */
  readonly design: MatrixLike;
  /** The target y, [n]. */
  readonly target: VectorLike;
  /** The penalty λ > 0 on the absolute values. scikit-learn's `alpha` is λ / n. */
  readonly penalty: number;
  /** Coefficients to begin with, [p]: those of a nearby penalty. Default 0. */
  readonly initial?: VectorLike;
  /** The order of the coefficients. Default `cyclic`. */
  readonly order?: "cyclic" | "random";
  /** The key of the random order; needed for `random`. */
  readonly key?: Key;
  /** Converged when the duality gap is at most this share of `½‖y‖²`; > 0. Default 1e-10. */
  readonly tolerance?: number;
  /** The largest number of sweeps over all coefficients; an integer ≥ 1. Default 10000. */
  readonly maxSweeps?: number;
}

/** The result of {@link lasso}. */
export interface LassoResult {
  /** The coefficients w, f64 [p]; exactly 0 where the penalty wins. */
  readonly coefficients: Tensor;
  /** The objective `½‖y − Xw‖² + λ‖w‖₁`. */
  readonly value: number;
  /** How far the objective is from its minimum, at most: the duality gap. */
  readonly gap: number;
  /** How many coefficients are not 0. */
  readonly nonZeros: number;
  /** The number of sweeps over all coefficients; sweeps over the non-zero ones between them are not counted. */
  readonly sweeps: number;
  /** `converged`, or `max-sweeps`. */
  readonly status: "converged" | "max-sweeps";
  /** The status as a sentence, with what to try where something went wrong. */
  readonly message: string;
}

/** Sweeps over the non-zero coefficients between two over all of them. */
const innerSweeps = 20;

/** A full sweep, then sweeps over the non-zero coefficients while these still move. */
function sweepOver(problem: LassoProblem, point: LassoPoint, order: Iterable<number>, still: number): void {
  for (const index of order) coefficientStep(problem, point, index);
  const support = [...point.coefficients.keys()].filter((index) => point.coefficients[index] !== 0);
  for (let count = 0; count < innerSweeps; count++) {
    const moved = support.reduce((most, index) => Math.max(most, coefficientStep(problem, point, index)), 0);
    if (moved <= still) return;
  }
}

function describeEnd(converged: boolean, { gap }: LassoGap): string {
  if (converged) return `converged: the duality gap is ${gap}.`;
  return `the largest number of sweeps was reached with a duality gap of ${gap}. Allow more sweeps, or accept a larger tolerance.`;
}

/**
 * The lasso by coordinate descent: minimizes `½‖y − Xw‖² + λ‖w‖₁` by exact steps along single coefficients,
 * `wⱼ ← S(xⱼᵀr + ‖xⱼ‖² wⱼ, λ) / ‖xⱼ‖²` with the soft threshold S and the residual `r = y − Xw`, in f64.
 *
 * The duality gap says when to stop. For `λ ≥ ‖Xᵀy‖_∞` all coefficients are exactly 0. There is no intercept: center X and y
 * for one.
 *
 * @param options - See {@link LassoOptions}.
 * @returns The coefficients, the objective, its gap, and how it ended.
 * @throws OptError `option`, `shape` or `data` for bad options.
 * @see Tibshirani, "Regression shrinkage and selection via the lasso", 1996; Friedman, Hastie and Tibshirani, "Regularization
 * paths for generalized linear models via coordinate descent", 2010; Goodfellow, Bengio and Courville, Deep Learning, 2016,
 * section 8.7.2.
 *
 * @example
 * ```ts
 * import { lasso } from "@opt/strategies";
 *
 * // Orthogonal columns: each coefficient is the soft threshold of its correlation.
 * const { coefficients } = lasso({ design: [[1, 0], [0, 1]], target: [3, -0.5], penalty: 1 });
 * coefficients.readSync(); // [2, 0]
 * ```
 */
export function lasso(options: LassoOptions): LassoResult {
  checkOptions("lasso", options, ["design", "target", "penalty", "initial", "order", "key", "tolerance", "maxSweeps"]);
  const penalty = checkNumber("lasso", "penalty", options.penalty, { above: 0 });
  const order = checkChoice("lasso", "order", options.order ?? "cyclic", ["cyclic", "random"]);
  const orderKey = order === "random" ? checkKey("lasso", options.key) : undefined;
  const tolerance = checkNumber("lasso", "tolerance", options.tolerance ?? 1e-10, { above: 0 });
  const maxSweeps = checkNumber("lasso", "maxSweeps", options.maxSweeps ?? 10_000, { min: 1, integer: true });
  const design = readMatrix("lasso", "design", options.design);
  const target = readVector("lasso", "target", options.target);
  if (target.length !== design.rows) fail("shape", `lasso({ target }): must have one element for each of the ${design.rows} rows of the design; got ${target.length}.`);
  const initial = options.initial === undefined ? undefined : readVector("lasso", "initial", options.initial);
  if (initial !== undefined && initial.length !== design.columns) fail("shape", `lasso({ initial }): must have one element for each of the ${design.columns} columns of the design; got ${initial.length}.`);

  const problem = lassoProblem(transposed(design), target, penalty);
  const coefficients = initial ?? new Float64Array(design.columns);
  const point: LassoPoint = { coefficients, residual: target.slice() };
  const enough = tolerance * 0.5 * innerProduct(target, target);
  refreshResidual(problem, point);
  let measured = measureGap(problem, point);
  let sweeps = 0;
  while (measured.gap > enough && sweeps < maxSweeps) {
    const indices = orderKey === undefined ? coefficients.keys() : hostPermutation(foldIn(orderKey, sweeps), coefficients.length);
    sweepOver(problem, point, indices, 0.01 * Math.sqrt(2 * enough));
    refreshResidual(problem, point);
    measured = measureGap(problem, point);
    sweeps++;
  }
  const converged = measured.gap <= enough;
  return {
    coefficients: fromArray(coefficients, [coefficients.length]),
    ...measured,
    nonZeros: coefficients.filter((value) => value !== 0).length,
    sweeps,
    status: converged ? "converged" : "max-sweeps",
    message: describeEnd(converged, measured),
  };
}

/** Options of {@link lassoPath}. */
export interface LassoPathOptions extends Omit<LassoOptions, "penalty" | "initial"> {
  /** The penalties, best from large to small: each begins with the coefficients of the one before. */
  readonly penalties: readonly number[];
}

/**
 * The lasso for one penalty after the other, each begun at the solution before: the regularization path.
 *
 * @param options - As for {@link lasso}, with a list of penalties.
 * @returns An iterator over the results, each with its `penalty`.
 * @throws OptError as {@link lasso}.
 * @see Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010.
 *
 * @example
 * ```ts
 * import { lassoPath } from "@opt/strategies";
 *
 * const path = [...lassoPath({ design: [[1, 0], [0, 1]], target: [3, -0.5], penalties: [3, 1, 0.25] })];
 * path.map(({ nonZeros }) => nonZeros); // [0, 1, 2]
 * ```
 */
export function* lassoPath(options: LassoPathOptions): Generator<LassoResult & { readonly penalty: number }, void, undefined> {
  checkOptions("lassoPath", options, ["design", "target", "penalties", "order", "key", "tolerance", "maxSweeps"]);
  const { penalties, ...rest } = options;
  const isList: boolean = Array.isArray(penalties) && penalties.length > 0;
  if (!isList) fail("option", `lassoPath({ penalties }): must be a list of one or more numbers; got ${describeValue(penalties)}.`);
  let initial: Tensor | undefined;
  for (const penalty of penalties) {
    const result = lasso({ ...rest, penalty, ...(initial && { initial }) });
    initial = result.coefficients;
    yield { ...result, penalty };
  }
}
