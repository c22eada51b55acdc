import { describeValue, fail } from "@opt/core";
import type { SecondDerivative } from "../protocols.ts";
import { matrixVector } from "../vectors.ts";
import type { Problem } from "./problem.ts";
import { noEvaluations } from "./problem.ts";

/** A vector as plain JavaScript callbacks may return it. */
export type Vector = Float64Array | readonly number[];

/** A function to minimize as plain JavaScript callbacks over `Float64Array`; they must not write to their arguments. */
export interface PlainObjective {
  /** The value. */
  readonly value: (x: Float64Array) => number;
  /** The gradient. Without it central differences are taken, 2 n values for each, exact to about 1e-10 of the value's size. */
  readonly gradient?: (x: Float64Array) => Vector;
  /** The Hessian matrix, row by row, n² numbers. */
  readonly hessian?: (x: Float64Array) => Vector;
  /** The product of the Hessian matrix and a vector. Without it `hessian` is used, where there is one. */
  readonly hessianVector?: (x: Float64Array, vector: Float64Array) => Vector;
}

const callbackNames = ["value", "gradient", "hessian", "hessianVector"] as const;

/** Copies what a callback returned, which may be a buffer that it uses again. */
function copied(name: string, result: unknown, length: number, meaning: string): Float64Array {
  const isVector = Array.isArray(result) || result instanceof Float64Array;
  if (!isVector) return fail("dtype", `minimize: objective.${name}: must return an array of numbers or a Float64Array; got ${describeValue(result)}.`);
  if (result.length !== length) fail("shape", `minimize: objective.${name}: must return ${length} ${length === 1 ? "number" : "numbers"}, ${meaning}; got ${result.length}.`);
  return new Float64Array(result as ArrayLike<number>);
}

function checkNumberResult(result: unknown): number {
  return typeof result === "number" ? result : fail("dtype", `minimize: objective.value: must return a number; got ${describeValue(result)}.`);
}

/** The gradient by central differences, with steps that balance the rounding of values and the error of the formula. */
function differences(value: (x: Float64Array) => number, x: Float64Array): Float64Array {
  const gradient = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const at = x[i]!;
    const width = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(at));
    const above = x.slice();
    const below = x.slice();
    above[i] = at + width;
    below[i] = at - width;
    // Divided by the distance that the two rounded points really have.
    gradient[i] = (value(above) - value(below)) / (above[i]! - below[i]!);
  }
  return gradient;
}

/** Checks the callbacks' names and kinds. */
function checkObjective(objective: PlainObjective): void {
  for (const name of callbackNames) {
    const callback: unknown = objective[name];
    if (typeof callback === "function" || (callback === undefined && name !== "value")) continue;
    fail("option", `minimize: objective.${name}: must be a function over Float64Array; got ${describeValue(callback)}.`);
  }
}

/** The problem of minimizing plain callbacks. */
export function plainProblem(objective: PlainObjective, dimension: number): Problem {
  checkObjective(objective);
  const counts = noEvaluations();
  const has: SecondDerivative[] = [];
  if (objective.hessian !== undefined) has.push("hessian");
  if (objective.hessian !== undefined || objective.hessianVector !== undefined) has.push("hessian-vector");
  const value = (x: Float64Array): number => {
    counts.value++;
    return checkNumberResult(objective.value(x));
  };
  const gradient = (x: Float64Array): Float64Array => {
    if (objective.gradient === undefined) return differences(value, x);
    counts.gradient++;
    return copied("gradient", objective.gradient(x), dimension, "one for each of x");
  };
  const hessian = (x: Float64Array): Float64Array => {
    if (objective.hessian === undefined) return fail("option", "minimize: objective.hessian: is needed and missing.");
    counts.hessian++;
    return copied("hessian", objective.hessian(x), dimension * dimension, "row by row");
  };
  return {
    dimension,
    has,
    precision: Number.EPSILON,
    counts,
    round: (x) => x,
    value,
    gradient,
    valueAndGradient: (x) => ({ value: value(x), gradient: gradient(x) }),
    hessian,
    hessianVector(x, vector) {
      if (objective.hessianVector === undefined) return matrixVector(hessian(x), vector);
      counts.hessianVector++;
      return copied("hessianVector", objective.hessianVector(x, vector), dimension, "one for each of x");
    },
  };
}
