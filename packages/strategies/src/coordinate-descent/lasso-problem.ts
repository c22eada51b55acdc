import type { Matrix } from "./matrix.ts";
import { innerProduct } from "./matrix.ts";
import { softThreshold } from "./soft-threshold.ts";

/** A lasso problem, made ready for steps along single coefficients. */
export interface LassoProblem {
  /** The columns of the design, each in one piece. */
  readonly columns: readonly Float64Array[];
  /** Their squared norms. */
  readonly squaredNorms: Float64Array;
  readonly target: Float64Array;
  readonly penalty: number;
}

/** Where the descent is; changed in place. */
export interface LassoPoint {
  readonly coefficients: Float64Array;
  /** `y − X w`. */
  readonly residual: Float64Array;
}

/** Cuts a design, given with its columns as rows, into columns. */
export function lassoProblem(columns: Matrix, target: Float64Array, penalty: number): LassoProblem {
  const cut = Array.from({ length: columns.rows }, (_, index) => columns.elements.subarray(index * columns.columns, (index + 1) * columns.columns));
  return { columns: cut, squaredNorms: Float64Array.from(cut, (column) => innerProduct(column, column)), target, penalty };
}

/** Computes the residual anew, without the rounding of the steps so far. */
export function refreshResidual(problem: LassoProblem, point: LassoPoint): void {
  point.residual.set(problem.target);
  problem.columns.forEach((column, index) => {
    const coefficient = point.coefficients[index]!;
    if (coefficient === 0) return;
    for (let row = 0; row < column.length; row++) point.residual[row]! -= coefficient * column[row]!;
  });
}

/**
 * The exact minimum along one coefficient: `w ← S(xᵀr + ‖x‖² w, λ) / ‖x‖²`.
 *
 * @returns By how much the prediction moved: `‖x‖ · |Δw|`.
 */
export function coefficientStep(problem: LassoProblem, point: LassoPoint, index: number): number {
  const squared = problem.squaredNorms[index]!;
  if (squared === 0) return 0;
  const { coefficients, residual } = point;
  const column = problem.columns[index]!;
  const before = coefficients[index]!;
  const after = softThreshold(innerProduct(column, residual) + squared * before, problem.penalty) / squared;
  const change = after - before;
  if (change === 0) return 0;
  coefficients[index] = after;
  for (let row = 0; row < column.length; row++) residual[row]! -= change * column[row]!;
  return Math.abs(change) * Math.sqrt(squared);
}

/** The objective and how far it can be from the minimum. */
export interface LassoGap {
  readonly value: number;
  readonly gap: number;
}

/** The duality gap: `s r` with `s = min(1, λ / ‖Xᵀr‖_∞)` is feasible in the dual problem, whose value bounds the minimum from below. */
export function measureGap({ columns, target, penalty }: LassoProblem, { coefficients, residual }: LassoPoint): LassoGap {
  const largest = columns.reduce((most, column) => Math.max(most, Math.abs(innerProduct(column, residual))), 0);
  const scale = largest > penalty ? penalty / largest : 1;
  const squared = innerProduct(residual, residual);
  const absolute = coefficients.reduce((total, value) => total + Math.abs(value), 0);
  const value = 0.5 * squared + penalty * absolute;
  return { value, gap: Math.max(0, value - scale * innerProduct(residual, target) + 0.5 * scale * scale * squared) };
}
