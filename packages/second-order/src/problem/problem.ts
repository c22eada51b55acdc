import type { Curvature, SecondDerivative } from "../protocols.ts";

/** How often a function and its derivatives were computed. The Hessian of a tensor function takes n products, which are not counted besides. */
export interface Evaluations {
  readonly value: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly hessianVector: number;
}

/** The counts while they grow. */
export type Counts = { -readonly [Name in keyof Evaluations]: Evaluations[Name] };

/** No evaluation yet. */
export function noEvaluations(): Counts {
  return { value: 0, gradient: 0, hessian: 0, hessianVector: 0 };
}

/** A function to minimize as the methods see it: over one vector of numbers. */
export interface Problem extends Curvature {
  readonly dimension: number;
  /** The second derivatives that can be had. */
  readonly has: readonly SecondDerivative[];
  /** The relative rounding error of a value. */
  readonly precision: number;
  readonly counts: Counts;
  /** Rounds a point, in place, to numbers that the function can be given. */
  round(x: Float64Array): Float64Array;
  value(x: Float64Array): number;
  gradient(x: Float64Array): Float64Array;
  valueAndGradient(x: Float64Array): { readonly value: number; readonly gradient: Float64Array };
}
