/** A point with what is known about the function there. */
export interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** The step that led from one iterate to the next: `to.x = from.x + step · direction`. */
export interface Transition {
  readonly from: Point;
  readonly to: Point;
  readonly direction: Float64Array;
  readonly step: number;
}

/** Second derivatives that can be had of a function. */
export type SecondDerivative = "hessian" | "hessian-vector";

/** Second derivatives at a point; only what a direction or a search says that it needs may be asked for. */
export interface Curvature {
  /** The Hessian matrix, row by row. */
  hessian(x: Float64Array): Float64Array;
  /** The product of the Hessian matrix and a vector. */
  hessianVector(x: Float64Array, vector: Float64Array): Float64Array;
}

/** What a direction hears besides the point. */
export interface DirectionContext {
  readonly curvature: Curvature;
  /** How the point was reached; undefined at the start and after a reset. */
  readonly last: Transition | undefined;
}

/** What a direction answers: where to go, or why it cannot say. */
export type Proposal<State> =
  | {
      readonly kind: "go";
      readonly direction: Float64Array;
      readonly state: State;
      /** The step length to try first. Default 1, the natural one for directions that know the curvature. */
      readonly firstStep?: number;
    }
  | { readonly kind: "fail"; readonly reason: "not-descent" | "singular" | "non-finite"; readonly message: string };

/**
 * How good a step length is: `any`; `decrease`: the value falls enough for the length of the step (Armijo); `wolfe`: besides,
 * the slope at its end is flatter, so the step is near a minimum along the line.
 */
export type StepQuality = "any" | "decrease" | "wolfe";

/**
 * The half of a method that says where to go. All state is explicit: `propose` is pure, and is asked once for each iterate.
 */
export interface Direction<State = unknown> {
  /** The name, for messages. */
  readonly name: string;
  /** What it must have of the function besides the gradient. Default: nothing. */
  readonly needs?: SecondDerivative;
  /** The least that its steps must fulfil for the method to make sense. Default `any`. */
  readonly asks?: StepQuality;
  /** The curvature constant of the strong Wolfe conditions that suits it, in (0, 1). Default 0.9. */
  readonly curvature?: number;
  /** Why it asks for that, as a clause for the message when a combination is refused. */
  readonly because?: string;
  /** The state before the first step: plain data, of numbers, null and `Float64Array` in arrays and objects. */
  init(dimension: number): State;
  /** Where to go from a point. */
  propose(state: State, at: Point, context: DirectionContext): Proposal<State>;
}

/** The line that a search looks along: `φ(α) = f(x + α d)`. */
export interface Line {
  /** `φ(0)`. */
  readonly value: number;
  /** `φ′(0) = gᵀd`. */
  readonly slope: number;
  /** The step length to try first. */
  readonly firstStep: number;
  /** The curvature constant that suits the direction. */
  readonly curvature: number;
  /** Differences between values below this may be rounding. */
  readonly noise: number;
  /** `dᵀHd`; only for a search that needs `hessian-vector`. */
  curvatureAlong(): number;
}

/** A point on the line, evaluated. */
export interface Trial {
  readonly step: number;
  readonly value: number;
  /** `φ′(step)`; NaN when the search evaluates values only. */
  readonly slope: number;
  /** Whether everything that was computed is a finite number. */
  readonly finite: boolean;
  readonly x: Float64Array;
  readonly gradient?: Float64Array;
}

/** What a search decides: which step length to evaluate next, which trial to take, or that none will do. */
export type Decision<State> =
  | { readonly kind: "try"; readonly step: number; readonly state: State }
  | { readonly kind: "accept"; readonly trial: Trial }
  | { readonly kind: "fail"; readonly reason: "no-decrease" | "non-finite" | "unbounded" | "negative-curvature" };

/**
 * The half of a method that says how far to go: a pure state machine that asks for one trial after the other, so that the
 * search has no loop of its own.
 */
export interface Search<State = unknown> {
  /** The name, for messages. */
  readonly name: string;
  /** What it must have of the function besides value and gradient. Default: nothing. */
  readonly needs?: SecondDerivative;
  /** What the steps that it accepts fulfil. */
  readonly gives: StepQuality;
  /** What is computed at each trial. */
  readonly evaluates: "value" | "value-and-gradient";
  /** Whether it must be given a direction of descent. Default true. */
  readonly needsDescent?: boolean;
  /** The first trial of a line. */
  start(line: Line): Decision<State>;
  /** The decision after a trial. */
  next(state: State, trial: Trial, line: Line): Decision<State>;
}

/** A search and a direction: what `minimize` can be told as its method. */
export interface Method {
  readonly direction: Direction;
  readonly search: Search;
}
