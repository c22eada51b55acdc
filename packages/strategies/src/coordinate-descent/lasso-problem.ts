import { softThreshold } from "./soft-threshold.ts";
import type { Matrix } from "./matrix.ts";
import { innerProduct } from "./matrix.ts";

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
  /** 0 for a coefficient that is proven to be 0 in the solution. */
  readonly candidate: Uint8Array;
}

/** Cuts a design into columns. */
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
  if (squared === 0 || point.candidate[index] === 0) return 0;
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

/**
 * The duality gap, and what it proves: `s r` with `s = min(1, λ / ‖Xᵀr‖_∞)` is feasible in the dual problem, whose value bounds
 * the minimum from below. Columns that the bound shows to have a coefficient of 0 are struck off (the gap safe sphere rule of
 * Fercoq, Gramfort and Salmon, 2015).
 */
export function measureGap(problem: LassoProblem, point: LassoPoint): LassoGap {
  const { columns, squaredNorms, target, penalty } = problem;
  const { coefficients, residual, candidate } = point;
  const correlations = Float64Array.from(columns, (column) => innerProduct(column, residual));
  const largest = correlations.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest > penalty ? penalty / largest : 1;
  const squared = innerProduct(residual, residual);
  const absolute = coefficients.reduce((total, value) => total + Math.abs(value), 0);
  const value = 0.5 * squared + penalty * absolute;
  const gap = Math.max(0, value - scale * innerProduct(residual, target) + 0.5 * scale * scale * squared);
  const radius = Math.sqrt(2 * gap);
  let struck = false;
  for (let index = 0; index < columns.length; index++) {
    const bound = scale * Math.abs(correlations[index]!) + radius * Math.sqrt(squaredNorms[index]!);
    if (candidate[index] === 0 || bound >= penalty * (1 - 1e-12)) continue;
    candidate[index] = 0;
    const coefficient = coefficients[index]!;
    if (coefficient === 0) continue;
    coefficients[index] = 0;
    struck = true;
    const column = columns[index]!;
    for (let row = 0; row < column.length; row++) residual[row]! += coefficient * column[row]!;
  }
  // The point has moved: measure it where it is now.
  return struck ? measureGap(problem, point) : { value, gap };
}
