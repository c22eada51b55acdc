import type { SmoothObjective } from "./least-squares.ts";

/** What the contract of minimizers hands over as options. */
export interface MinimizerOptions {
  /** Converged when no element of the gradient is larger. */
  readonly tolerance?: number;
  readonly maxSteps?: number;
  readonly callback?: (iterate: MinimizerIterate) => unknown;
  readonly signal?: AbortSignal;
}

/** A point that a minimizer came by. */
export interface MinimizerIterate {
  /** The number of steps so far; 0 for x0. */
  readonly step: number;
  readonly x: Float64Array;
  readonly value: number;
  /** `max |gᵢ|`. */
  readonly gradientNorm: number;
}

/** Where a minimizer ended, and how. */
export interface MinimizerResult {
  readonly x: Float64Array;
  readonly value: number;
  /** `max |gᵢ|`. */
  readonly gradientNorm: number;
  readonly steps: number;
  /** The number of calls of each callback. */
  readonly evaluations: { readonly value: number; readonly gradient: number; readonly hessian: number };
  /** `converged`, `max-steps`, `aborted`, `non-finite` and others. */
  readonly status: string;
  readonly message: string;
}

/** A minimizer as the contract sees it: a function, and a generator that does the same step by step. */
export interface Minimizer {
  readonly minimize: (objective: SmoothObjective, x0: Float64Array, options?: MinimizerOptions) => MinimizerResult;
  readonly steps?: (objective: SmoothObjective, x0: Float64Array, options?: MinimizerOptions) => Generator<MinimizerIterate, MinimizerResult, undefined>;
}

/** `max |xᵢ|`. */
export function largest(x: Float64Array): number {
  return Math.max(...Array.from(x, Math.abs));
}

/** An objective that counts its calls and shows the points at which it is called. */
export function watched(
  { value, gradient, hessian }: SmoothObjective,
  show: (x: Float64Array) => void = () => undefined,
): { readonly objective: SmoothObjective; readonly counts: { readonly value: number; readonly gradient: number; readonly hessian: number } } {
  const counts = { value: 0, gradient: 0, hessian: 0 };
  const watch = <Result>(name: keyof typeof counts, callback: (x: Float64Array) => Result) => (x: Float64Array): Result => {
    counts[name]++;
    show(x);
    return callback(x);
  };
  return { objective: { value: watch("value", value), gradient: watch("gradient", gradient), hessian: watch("hessian", hessian) }, counts };
}

/** A separable function of two variables, by a function of one and its derivatives. */
function separable(value: (t: number) => number, slope: (t: number) => number, bend: (t: number) => number): SmoothObjective {
  return {
    value: (x) => value(x[0]!) + value(x[1]!),
    gradient: (x) => Float64Array.of(slope(x[0]!), slope(x[1]!)),
    hessian: (x) => Float64Array.of(bend(x[0]!), 0, 0, bend(x[1]!)),
  };
}

/** `½ ‖x‖²`. */
export const bowl: SmoothObjective = separable((t) => 0.5 * t * t, (t) => t, () => 1);

/** NaN everywhere. */
export const hole: SmoothObjective = separable(() => Number.NaN, () => Number.NaN, () => Number.NaN);

/** A plane: it falls without bound, and has no curvature at all. */
export const ramp: SmoothObjective = separable((t) => t, () => 1, () => 0);

/** `Σ x − ln x`, NaN where an x is negative; least at x = 1. */
export const logBarrier: SmoothObjective = separable((t) => t - Math.log(t), (t) => 1 - 1 / t, (t) => 1 / (t * t));
