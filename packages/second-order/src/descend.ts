import type { Ending } from "./outcome.ts";
import { abortedAfter, converged, directionFailed, nonFiniteHere, notDescent, outOfSteps, searchFailed, stalled, unbounded } from "./outcome.ts";
import type { Problem } from "./problem/problem.ts";
import type { Progress } from "./progress.ts";
import { isIdle, noiseOf, progressAfter, progressFrom } from "./progress.ts";
import type { Decision, Line, Method, Point, Transition, Trial } from "./protocols.ts";
import { allFinite, axpy, dot, maximumNorm } from "./vectors.ts";

/** When to stop. */
export interface Limits {
  readonly tolerance: number;
  readonly maxSteps: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a method remembers of its steps. */
export interface Memory {
  /** How the point was reached; undefined at the start and after a reset. */
  readonly last: Transition | undefined;
  /** The direction's own state. */
  readonly memory: unknown;
}

/** Where a run stands: everything that its next step depends on. */
export interface Standing extends Memory {
  readonly point: Point;
  readonly steps: number;
  readonly gradientNorm: number;
  readonly progress: Progress;
}

/** A line that is being searched, and what the search wants next. */
interface OpenLine {
  readonly line: Line;
  readonly direction: Float64Array;
  readonly memory: unknown;
  readonly decision: Decision<unknown>;
}

/** A memory of nothing. */
export function noMemory({ direction }: Method, dimension: number): Memory {
  return { last: undefined, memory: direction.init(dimension) };
}

/** The start of a run. */
function standingAt(problem: Problem, x: Float64Array, memory: Memory): Standing {
  const point: Point = { x, ...problem.valueAndGradient(x) };
  const gradientNorm = maximumNorm(point.gradient);
  return { ...memory, point, steps: 0, gradientNorm, progress: progressFrom(point.value, gradientNorm) };
}

/** Whether the signal has been given; asked anew each time, since callbacks may give it. */
function isAborted({ signal }: Limits): boolean {
  return signal?.aborted === true;
}

/** Why a run ends where it stands, or undefined. */
function endingAt({ point, steps, gradientNorm, progress }: Standing, limits: Limits): Ending | undefined {
  if (point.value === Number.NEGATIVE_INFINITY) return unbounded();
  if (!Number.isFinite(point.value) || !Number.isFinite(gradientNorm)) return nonFiniteHere(point.value, steps);
  if (gradientNorm <= limits.tolerance) return converged(gradientNorm, limits.tolerance, steps);
  if (isIdle(progress)) return stalled(gradientNorm, limits.tolerance);
  return steps >= limits.maxSteps ? outOfSteps(gradientNorm, steps) : undefined;
}

/** Asks the direction where to go and the search for its first trial. */
function openLine(problem: Problem, { direction: part, search }: Method, standing: Standing): OpenLine | Ending {
  const { point, last, memory } = standing;
  const proposal = part.propose(memory, point, { curvature: problem, last });
  if (proposal.kind === "fail") return directionFailed(proposal.reason === "non-finite" ? "non-finite" : "direction-failed", proposal.message);
  const { direction, state, firstStep = 1 } = proposal;
  const slope = dot(point.gradient, direction);
  if (!allFinite(direction)) return directionFailed("non-finite", `the direction of ${part.name}() has infinite or NaN elements. Rescale the variables, or start elsewhere.`);
  if (search.needsDescent !== false && !(slope < 0)) return notDescent(part.name, slope);
  const line: Line = {
    value: point.value,
    slope,
    firstStep,
    curvature: part.curvature ?? 0.9,
    noise: noiseOf(point.value, problem.precision),
    curvatureAlong: () => dot(direction, problem.hessianVector(point.x, direction)),
  };
  return { line, direction, memory: state, decision: search.start(line) };
}

function evaluateTrial(problem: Problem, { search }: Method, from: Point, direction: Float64Array, step: number): Trial {
  const x = problem.round(axpy(step, direction, from.x));
  if (search.evaluates === "value") {
    const value = problem.value(x);
    return { step, value, slope: Number.NaN, finite: Number.isFinite(value), x };
  }
  const { value, gradient } = problem.valueAndGradient(x);
  return { step, value, slope: dot(gradient, direction), finite: Number.isFinite(value) && allFinite(gradient), x, gradient };
}

/** A decision for a step that is lost in the rounding of x is one for no step. */
function moving(decision: Decision<unknown>, from: Point): Decision<unknown> {
  const stays = decision.kind === "accept" && decision.trial.x.every((element, index) => element === from.x[index]);
  return stays ? { kind: "fail", reason: "no-decrease" } : decision;
}

/** The standing after a trial was accepted. */
function stepTo(problem: Problem, standing: Standing, open: OpenLine, trial: Trial): Standing {
  const to: Point = { x: trial.x, value: trial.value, gradient: trial.gradient ?? problem.gradient(trial.x) };
  const last: Transition = { from: standing.point, to, direction: open.direction, step: trial.step };
  const gradientNorm = maximumNorm(to.gradient);
  const progress = progressAfter(standing.progress, to.value, gradientNorm, problem.precision);
  return { point: to, steps: standing.steps + 1, gradientNorm, progress, last, memory: open.memory };
}

/** Whether even a full step would promise less than a value's rounding. */
function promisesNothing({ line }: OpenLine, problem: Problem): boolean {
  return -line.firstStep * line.slope <= 16 * problem.precision * Math.abs(line.value);
}

/**
 * Runs a method: one flat loop, of which each turn either opens a line or evaluates one trial on it. It yields the standing at
 * the start and after each step, and returns how it ended. With the memory of an earlier run it goes on where that one stopped.
 */
export function* descend(
  problem: Problem,
  method: Method,
  limits: Limits,
  start: Float64Array,
  memory: Memory = noMemory(method, problem.dimension),
): Generator<Standing, Ending, undefined> {
  if (isAborted(limits)) return abortedAfter(0);
  let standing = standingAt(problem, start, memory);
  yield standing;
  let open: OpenLine | undefined;
  for (;;) {
    if (isAborted(limits)) return abortedAfter(standing.steps);
    if (open === undefined) {
      const ending = endingAt(standing, limits);
      if (ending !== undefined) return ending;
      const opened = openLine(problem, method, standing);
      if ("status" in opened) return opened;
      open = opened;
    } else if (open.decision.kind === "try") {
      const { step, state } = open.decision;
      const trial = evaluateTrial(problem, method, standing.point, open.direction, step);
      if (trial.value === Number.NEGATIVE_INFINITY) return unbounded();
      open = { ...open, decision: moving(method.search.next(state, trial, open.line), standing.point) };
    }
    if (open.decision.kind === "accept") {
      standing = stepTo(problem, standing, open, open.decision.trial);
      open = undefined;
      yield standing;
    } else if (open.decision.kind === "fail") {
      const { reason } = open.decision;
      if (reason === "no-decrease" && promisesNothing(open, problem)) return stalled(standing.gradientNorm, limits.tolerance);
      // What the direction remembers may be what misled it: begin anew before giving up.
      const canReset = standing.last !== undefined && (reason === "no-decrease" || reason === "non-finite");
      if (!canReset) return searchFailed(method.search.name, reason, standing.gradientNorm);
      standing = { ...standing, ...noMemory(method, problem.dimension) };
      open = undefined;
    }
  }
}
