import { checkNumber, checkOptions, fail } from "@opt/core";
import type { Decision, Line, Search, Trial } from "../protocols.ts";
import type { LineSample } from "./interpolate.ts";
import { clamp, cubicMinimizer, secantMinimizer } from "./interpolate.ts";

/** Options of {@link strongWolfe}. */
export interface StrongWolfeOptions {
  /** The share c₁ of the decrease that the slope promises which must be had, in (0, curvature). Default 1e-4. */
  readonly slope?: number;
  /** The share c₂ of the slope that may be left at the end, in (slope, 1). Default: what suits the direction, 0.9 or for conjugate gradients less. */
  readonly curvature?: number;
  /** How many steps are tried at most for one line, ≥ 2. Default 30. */
  readonly maxTrials?: number;
  /** The longest step, > 0: a value that still falls there falls without bound. Default 1e10. */
  readonly maxStep?: number;
}

/** The state of {@link strongWolfe}: the interval that is known to hold a fitting step. */
export interface StrongWolfeState {
  readonly trials: number;
  /** The end with the lower value; undefined stands for the start of the line. */
  readonly low: Trial | undefined;
  /** The end beyond a minimum; undefined while the interval is still being looked for. */
  readonly high: LineEnd | undefined;
  /** The lengths of the last intervals, newest first. */
  readonly lengths: readonly number[];
}

/** An end of the interval that is only looked at from the other end. */
type LineEnd = LineSample & { readonly finite: boolean };

type Conditions = Required<StrongWolfeOptions>;

function sampleOf(end: Trial | undefined, line: Line): LineSample {
  return end ?? { step: 0, value: line.value, slope: line.slope };
}

/**
 * Whether the value fell enough. Near a minimum rounding hides the decrease of values long before it hides the slope's, so
 * there the slope decides: Hager and Zhang's approximate condition `φ′(α) ≤ (2 c₁ − 1) φ′(0)`.
 */
function decreases({ slope }: Conditions, trial: Trial, line: Line): boolean {
  if (trial.value <= line.value + slope * trial.step * line.slope) return true;
  return Math.abs(trial.value - line.value) <= line.noise && trial.slope <= (2 * slope - 1) * line.slope;
}

/** The next length inside an interval: the cubic's minimum, kept away from the ends, or the middle when progress is slow. */
function inside(low: LineSample, high: LineEnd, line: Line, lengths: readonly number[]): number {
  const width = high.step - low.step;
  if (!high.finite) return low.step + 0.2 * width;
  const [newest = 0, , before = Number.POSITIVE_INFINITY] = lengths;
  if (newest > 0.5 * before) return low.step + 0.5 * width;
  const valuesTell = Math.abs(high.value - low.value) > line.noise;
  const guess = (valuesTell ? cubicMinimizer(low, high) : secantMinimizer(low, high)) ?? low.step + 0.5 * width;
  return low.step + width * clamp((guess - low.step) / width, 0.05, 0.95);
}

/** The next length beyond the best point so far: the cubic's minimum, at least twice and at most ten times as far. */
function beyond(before: LineSample, trial: Trial): number {
  const guess = cubicMinimizer(before, trial);
  return guess !== undefined && guess > trial.step ? clamp(guess, 2 * trial.step, 10 * trial.step) : 4 * trial.step;
}

function decide(conditions: Conditions, state: StrongWolfeState, trial: Trial, line: Line): Decision<StrongWolfeState> {
  const { trials, low, high } = state;
  const best = sampleOf(low, line);
  const falls = trial.finite && decreases(conditions, trial, line);
  if (falls && Math.abs(trial.slope) <= -conditions.curvature * line.slope) return { kind: "accept", trial };
  const worse = !falls || trial.value > best.value + line.noise;
  if (high === undefined && !worse && trial.slope < 0) {
    if (trial.step >= conditions.maxStep) return { kind: "fail", reason: "unbounded" };
    if (trials >= conditions.maxTrials) return { kind: "accept", trial };
    const step = Math.min(beyond(best, trial), conditions.maxStep);
    return { kind: "try", step, state: { trials: trials + 1, low: trial, high: undefined, lengths: [] } };
  }
  // The minimum lies between the best point and a point that is worse, or where the slope has changed its sign.
  const turned = !worse && trial.slope * ((high?.step ?? Number.POSITIVE_INFINITY) - best.step) >= 0;
  const nextLow = worse ? low : trial;
  const nextHigh = worse ? trial : turned ? { ...best, finite: true } : high;
  return shrink(conditions, { trials, low: nextLow, high: nextHigh, lengths: state.lengths }, line);
}

function shrink(conditions: Conditions, state: StrongWolfeState, line: Line): Decision<StrongWolfeState> {
  const { trials, low, high } = state;
  const from = sampleOf(low, line);
  const length = Math.abs((high?.step ?? 0) - from.step);
  const exhausted = trials >= conditions.maxTrials || length <= 1e-15 * Math.max(from.step, high?.step ?? 0);
  if (high === undefined || exhausted) {
    // A decrease without the second condition is still progress.
    if (low !== undefined && low.value < line.value) return { kind: "accept", trial: low };
    return { kind: "fail", reason: high?.finite === false ? "non-finite" : "no-decrease" };
  }
  const lengths = [length, ...state.lengths].slice(0, 3);
  return { kind: "try", step: inside(from, high, line, lengths), state: { trials: trials + 1, low, high, lengths } };
}

/**
 * Finds a step that fulfils the strong Wolfe conditions, by bracketing a minimum along the line and closing in on it:
 * `φ(α) ≤ φ(0) + c₁ α φ′(0)` and `|φ′(α)| ≤ c₂ |φ′(0)|`.
 *
 * Lengths are chosen by cubic interpolation of values and slopes, with the middle of the interval when that is slow. A trial
 * that is infinite or NaN counts as too far. Where rounding hides the decrease of the value, the slope decides.
 *
 * @param options - The two constants, the longest step and the number of trials.
 * @returns The search; it suits conjugate gradients, BFGS and L-BFGS, whose updates stay positive definite with it.
 * @throws OptError `option` for a value out of range, slope ≥ curvature, or an unknown name.
 *
 * @example
 * ```ts
 * import { bfgs, minimize, strongWolfe } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const valley: PlainObjective = {
 *   value: ([x = 0, y = 0]) => (1 - x) ** 2 + 100 * (y - x ** 2) ** 2,
 *   gradient: ([x = 0, y = 0]) => [-2 * (1 - x) - 400 * x * (y - x ** 2), 200 * (y - x ** 2)],
 * };
 * const { x } = minimize(valley, [-1.2, 1], { method: { direction: bfgs(), search: strongWolfe({ curvature: 0.5 }) } });
 * x; // [1.000, 1.000]
 * ```
 * @see Nocedal and Wright, "Numerical optimization", 2006, Algorithms 3.5 and 3.6.
 * @see Hager and Zhang, "A new conjugate gradient method with guaranteed descent and an efficient line search", 2005.
 */
export function strongWolfe(options: StrongWolfeOptions = {}): Search<StrongWolfeState> {
  checkOptions("strongWolfe", options, ["slope", "curvature", "maxTrials", "maxStep"]);
  const { slope = 1e-4, curvature, maxTrials = 30, maxStep = 1e10 } = options;
  checkNumber("strongWolfe", "slope", slope, { above: 0, below: 1 });
  if (curvature !== undefined) {
    checkNumber("strongWolfe", "curvature", curvature, { above: 0, below: 1 });
    if (curvature <= slope) fail("option", `strongWolfe({ curvature }): must be greater than slope (${slope}); got ${curvature}. Otherwise no step may fulfil both conditions.`);
  }
  checkNumber("strongWolfe", "maxTrials", maxTrials, { min: 2, integer: true });
  checkNumber("strongWolfe", "maxStep", maxStep, { above: 0 });
  const conditionsOn = (line: Line): Conditions => ({ slope, curvature: curvature ?? Math.max(line.curvature, 2 * slope), maxTrials, maxStep });
  return {
    name: "strongWolfe",
    gives: "wolfe",
    evaluates: "value-and-gradient",
    start: (line) => ({ kind: "try", step: Math.min(line.firstStep, maxStep), state: { trials: 1, low: undefined, high: undefined, lengths: [] } }),
    next: (state, trial, line) => decide(conditionsOn(line), state, trial, line),
  };
}
