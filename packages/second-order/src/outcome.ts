import type { Evaluations } from "./problem/problem.ts";

/**
 * How a minimization ended: `converged`: the gradient is small enough; `max-steps`: the steps ran out; `stalled`: rounding lets
 * neither value nor gradient get better; `line-search-failed`: no step length fulfilled the search's conditions;
 * `direction-failed`: the direction could not be computed or does not descend; `non-finite`: an infinity or NaN that shorter
 * steps did not avoid; `unbounded`: the value falls without end; `aborted`: by the signal.
 */
export type MinimizeStatus =
  "converged" | "max-steps" | "stalled" | "line-search-failed" | "direction-failed" | "non-finite" | "unbounded" | "aborted";

/** The best point that a minimization reached, and how it ended. */
export interface MinimizeResult<X> {
  /** The last point, in the form of x0. */
  readonly x: X;
  /** The value there. */
  readonly value: number;
  /** The maximum norm of the gradient there, `max |gᵢ|`. */
  readonly gradientNorm: number;
  /** The number of steps taken. */
  readonly steps: number;
  /** How often value, gradient, Hessian and Hessian-vector products were computed. */
  readonly evaluations: Evaluations;
  readonly status: MinimizeStatus;
  /** What happened, as a sentence, and what to try. */
  readonly message: string;
}

/** A point that a minimization came by. */
export interface Iterate<X> {
  /** The number of steps so far; 0 for x0. */
  readonly step: number;
  readonly x: X;
  readonly value: number;
  /** The maximum norm of the gradient. */
  readonly gradientNorm: number;
  /** The length of the step that led here, as a multiple of the direction; 0 for x0. */
  readonly stepLength: number;
  /** The evaluations so far. */
  readonly evaluations: Evaluations;
}

/** An outcome before it is put together: the status and the sentence. */
export interface Ending {
  readonly status: MinimizeStatus;
  readonly message: string;
}

function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}

function count(steps: number): string {
  return `${steps} ${steps === 1 ? "step" : "steps"}`;
}

/** The gradient is small enough. */
export function converged(gradientNorm: number, tolerance: number, steps: number): Ending {
  const base = `converged: the largest element of the gradient, ${short(gradientNorm)}, is within the tolerance ${short(tolerance)}`;
  if (steps > 0) return { status: "converged", message: `${base}.` };
  return { status: "converged", message: `${base} at x0 already, so no step was taken. It may be a maximum or a saddle point as well: try another x0.` };
}

/** The steps ran out. */
export function outOfSteps(gradientNorm: number, steps: number): Ending {
  return { status: "max-steps", message: `stopped after ${count(steps)} with the gradient still at ${short(gradientNorm)}. Raise maxSteps, loosen the tolerance, or use another method.` };
}

/** The signal ended it. */
export function abortedAfter(steps: number): Ending {
  return { status: "aborted", message: `aborted by the signal after ${count(steps)}.` };
}

/** Value or gradient is no number where the run stands. */
export function nonFiniteHere(value: number, steps: number): Ending {
  const what = Number.isFinite(value) ? "the gradient" : `the value (${value})`;
  const message = steps === 0
    ? `${what} at x0 is not finite. Start from a point where the function is defined.`
    : `${what} is not finite at the point that step ${steps} led to. Check the derivatives there, or use a search that looks at gradients, such as strongWolfe().`;
  return { status: "non-finite", message };
}

/** The value fell to −∞, or went on falling to the end of the longest line. */
export function unbounded(): Ending {
  return { status: "unbounded", message: "the value falls without bound. Was the function to be maximized? Then minimize its negative; else bound it, for example by a penalty." };
}

/** A direction that could not be used. */
export function directionFailed(status: "direction-failed" | "non-finite", message: string): Ending {
  return { status, message };
}

/** A direction along which the function does not fall. */
export function notDescent(name: string, slope: number): Ending {
  const message = `${name}() points uphill here (slope ${short(slope)}), because the function is not convex there. Use newton({ regularization: "automatic" }), saddleFreeNewton() or bfgs().`;
  return { status: "direction-failed", message };
}

/** A search that found no step, for its reason. */
export function searchFailed(search: string, reason: "no-decrease" | "non-finite" | "unbounded" | "negative-curvature", gradientNorm: number): Ending {
  if (reason === "unbounded") return unbounded();
  if (reason === "non-finite") {
    return { status: "non-finite", message: `${search}() met only infinities and NaN along the direction, however short the steps were. Check the function near the last x, or shorten fixed steps.` };
  }
  const why = reason === "negative-curvature" ? "the function curves downward along the direction, so that it is no convex quadratic" : "no step length fulfilled its conditions";
  const what = reason === "negative-curvature" ? "Use strongWolfe() instead." : "Check the gradient (finite differences), rescale the variables, or use another search.";
  return { status: "line-search-failed", message: `${search}() failed: ${why}; the gradient is at ${short(gradientNorm)}. ${what}` };
}

/** Rounding hides every further decrease. */
export function stalled(gradientNorm: number, tolerance: number): Ending {
  return { status: "stalled", message: `the value can fall no further in its precision, with the gradient at ${short(gradientNorm)} and the tolerance ${short(tolerance)}. This is as good as it gets: loosen the tolerance, rescale the variables, or use f64.` };
}
