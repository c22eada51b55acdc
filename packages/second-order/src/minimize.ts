import type { Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import type { Limits, Standing } from "./descend.ts";
import { descend } from "./descend.ts";
import type { MethodName } from "./methods.ts";
import { methodFor } from "./methods.ts";
import type { Ending, Iterate, MinimizeResult } from "./outcome.ts";
import type { PlainObjective, Vector } from "./problem/plain-problem.ts";
import { plainProblem } from "./problem/plain-problem.ts";
import type { Problem } from "./problem/problem.ts";
import { compiledObjective, layoutOf, tensorProblem } from "./problem/tensor-problem.ts";
import type { Method } from "./protocols.ts";

/** Options of {@link minimize}, {@link minimizeSteps} and {@link minimizeAsync}. */
export interface MinimizeOptions<X> {
  /** A name, or any direction and search: `{ direction: bfgs(), search: strongWolfe() }`. Default `"lbfgs"`. */
  readonly method?: MethodName | Method;
  /** Converged when no element of the gradient is larger than this, ≥ 0. Default 1e-6, or 1e-3 where x0 holds f32. */
  readonly tolerance?: number;
  /** The most steps to take, an integer ≥ 0. Default 1000. */
  readonly maxSteps?: number;
  /** Called with x0 and with every iterate. */
  readonly callback?: (iterate: Iterate<X>) => unknown;
  /** Ends the run before the next evaluation. */
  readonly signal?: AbortSignal;
}

/** A run that is ready to be stepped through: a generator over the standings, and what turns them into results. */
interface Run<X> {
  readonly problem: Problem;
  readonly start: Float64Array;
  readonly unpack: (x: Float64Array) => X;
  readonly standings: Generator<Standing, Ending, undefined>;
}

/** What a call was given: a tensor function over a tree, or callbacks over a vector. */
type Objective = PlainObjective | ((params: TensorTree) => Tensor);

function checkedLimits(options: MinimizeOptions<never>, problem: Problem): Limits {
  const { tolerance = problem.precision > 1e-10 ? 1e-3 : 1e-6, maxSteps = 1000, signal, callback } = options;
  checkNumber("minimize", "tolerance", tolerance, { min: 0 });
  checkNumber("minimize", "maxSteps", maxSteps, { min: 0, integer: true });
  if (callback !== undefined && typeof callback !== "function") fail("option", `minimize({ callback }): must be a function; got ${describeValue(callback)}.`);
  if (signal !== undefined && typeof signal.aborted !== "boolean") {
    fail("option", `minimize({ signal }): must be an AbortSignal; got ${describeValue(signal)}. Use new AbortController().signal.`);
  }
  return { tolerance, maxSteps, signal };
}

function startVector(x0: unknown): Float64Array {
  const isVector = Array.isArray(x0) ? x0.every((element) => typeof element === "number") : x0 instanceof Float64Array;
  if (!isVector || (x0 as Vector).length === 0) {
    return fail("tree", `minimize: x0: must be a Float64Array or an array of one or more numbers for an objective of plain callbacks; got ${describeValue(x0)}.`);
  }
  return Float64Array.from(x0 as Vector);
}

/** Checks everything that a call was given and makes its run. */
function prepare(objective: Objective, x0: unknown, options: MinimizeOptions<never>): Run<unknown> {
  checkOptions("minimize", options, ["method", "tolerance", "maxSteps", "callback", "signal"]);
  const launch = (problem: Problem, start: Float64Array): Run<unknown>["standings"] =>
    descend(problem, methodFor("minimize", options.method ?? "lbfgs", problem.has), checkedLimits(options, problem), start);
  if (typeof objective === "function") {
    const layout = layoutOf("minimize: x0", x0 as TensorTree);
    const problem = tensorProblem(compiledObjective(objective), layout);
    return { problem, start: layout.start, unpack: layout.unpack, standings: launch(problem, layout.start) };
  }
  if (typeof objective !== "object" || objective === null) {
    return fail("option", `minimize(objective): must be a function of tensors, or callbacks { value, gradient?, hessian? } over Float64Array; got ${describeValue(objective)}.`);
  }
  const start = startVector(x0);
  const problem = plainProblem(objective, start.length);
  return { problem, start, unpack: (x) => x.slice(), standings: launch(problem, start) };
}

function* stepThrough(run: Run<unknown>, callback?: (iterate: never) => unknown): Generator<Iterate<unknown>, MinimizeResult<unknown>, undefined> {
  const { problem, start, unpack, standings } = run;
  let last: Standing | undefined;
  for (;;) {
    const turn = standings.next();
    if (turn.done === true) {
      const evaluations = { ...problem.counts };
      if (last === undefined) return { x: unpack(start), value: Number.NaN, gradientNorm: Number.NaN, steps: 0, evaluations, ...turn.value };
      return { x: unpack(last.point.x), value: last.point.value, gradientNorm: last.gradientNorm, steps: last.steps, evaluations, ...turn.value };
    }
    last = turn.value;
    const iterate: Iterate<unknown> = {
      step: last.steps,
      x: unpack(last.point.x),
      value: last.point.value,
      gradientNorm: last.gradientNorm,
      stepLength: last.last?.step ?? 0,
      evaluations: { ...problem.counts },
    };
    callback?.(iterate as never);
    yield iterate;
  }
}

/**
 * Minimizes step by step: a generator that yields x0 and every iterate, and returns the result.
 *
 * Nothing is computed between two calls of `next`, so the caller may pause, draw, or stop for good at any iterate.
 *
 * @param objective - A function from a tree of f64 (or f32) tensors to a rank-0 tensor, or callbacks over `Float64Array`.
 * @param x0 - Where to start: a tree of tensors, or a vector for callbacks. It is not changed.
 * @param options - Method, tolerance, number of steps, callback and signal, as for {@link minimize}.
 * @returns The generator.
 * @throws OptError as {@link minimize} does, at the call.
 *
 * @example
 * ```ts
 * import { minimizeSteps } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const bowl: PlainObjective = { value: ([x = 0]) => (x - 1) ** 2, gradient: ([x = 0]) => [2 * (x - 1)] };
 * for (const { step, value } of minimizeSteps(bowl, [5])) console.log(step, value);
 * ```
 */
export function minimizeSteps<P extends TensorTree>(objective: (params: P) => Tensor, x0: P, options?: MinimizeOptions<P>): Generator<Iterate<P>, MinimizeResult<P>, undefined>;
export function minimizeSteps(objective: PlainObjective, x0: Vector, options?: MinimizeOptions<Float64Array>): Generator<Iterate<Float64Array>, MinimizeResult<Float64Array>, undefined>;
export function minimizeSteps(objective: Objective, x0: unknown, options: MinimizeOptions<never> = {}): Generator<Iterate<unknown>, MinimizeResult<unknown>, undefined> {
  return stepThrough(prepare(objective, x0, options), options.callback);
}

/** Runs a generator to its end. */
function finish<X>(steps: Generator<Iterate<X>, MinimizeResult<X>, undefined>): MinimizeResult<X> {
  for (;;) {
    const turn = steps.next();
    if (turn.done === true) return turn.value;
  }
}

/**
 * Minimizes a function: `x ← x + α d` with a direction d and a step length α, until the gradient is small.
 *
 * How it ended is a value, never an exception: see the result's `status` and `message`. A function of tensors is compiled once,
 * with the derivatives that the method needs; it computes in the dtype of x0, f64 for everything but a quick look. It runs
 * synchronously, so a signal can only be aborted by the objective and the callback; else use {@link minimizeAsync}.
 *
 * @param objective - A function from a tree of f64 (or f32) tensors to a rank-0 tensor, or callbacks
 * `{ value, gradient?, hessian?, hessianVector? }` over `Float64Array`; without `gradient`, central differences are taken.
 * @param x0 - Where to start: a tree of tensors, or a vector for callbacks. It is not changed.
 * @param options - Method, tolerance, number of steps, callback and signal.
 * @returns The last point with its value, gradient norm and counts, the status and a message.
 * @throws OptError `option` for unknown or bad options and methods that do not go together or with the objective; `tree` or
 * `dtype` for a bad x0; `shape` for callbacks that return a wrong number of elements.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { minimize } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const rosenbrock = ({ x, y }: { x: Tensor; y: Tensor }) => y.sub(x.mul(x)).pow(2).mul(100).add(x.sub(1).pow(2));
 * const start = { x: tensor(-1.2, { dtype: "f64" }), y: tensor(1, { dtype: "f64" }) };
 * const { x, status } = minimize(rosenbrock, start, { method: "bfgs" });
 * x.x.item(); // 1.0000
 * ```
 * @see Nocedal and Wright, "Numerical optimization", 2006.
 */
export function minimize<P extends TensorTree>(objective: (params: P) => Tensor, x0: P, options?: MinimizeOptions<P>): MinimizeResult<P>;
export function minimize(objective: PlainObjective, x0: Vector, options?: MinimizeOptions<Float64Array>): MinimizeResult<Float64Array>;
export function minimize(objective: Objective, x0: unknown, options: MinimizeOptions<never> = {}): MinimizeResult<unknown> {
  return finish(stepThrough(prepare(objective, x0, options), options.callback));
}

/** Lets timers, input and drawing have their turn. */
async function turnOfEventLoop(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Minimizes like {@link minimize}, but lets other work on the event loop have its turn about every 40 ms, so that a signal can be
 * aborted by a button or `AbortSignal.timeout`, and a page stays alive. The numbers are the same.
 *
 * @param objective - As for {@link minimize}.
 * @param x0 - As for {@link minimize}.
 * @param options - As for {@link minimize}.
 * @returns A promise of the result.
 * @throws OptError as {@link minimize} does, as a rejection.
 *
 * @example
 * ```ts
 * import { minimizeAsync } from "@opt/second-order";
 * import type { PlainObjective } from "@opt/second-order";
 *
 * const bowl: PlainObjective = { value: ([x = 0]) => (x - 1) ** 2, gradient: ([x = 0]) => [2 * (x - 1)] };
 * const { status } = await minimizeAsync(bowl, [5], { signal: AbortSignal.timeout(1000) });
 * ```
 */
export async function minimizeAsync<P extends TensorTree>(objective: (params: P) => Tensor, x0: P, options?: MinimizeOptions<P>): Promise<MinimizeResult<P>>;
export async function minimizeAsync(objective: PlainObjective, x0: Vector, options?: MinimizeOptions<Float64Array>): Promise<MinimizeResult<Float64Array>>;
export async function minimizeAsync(objective: Objective, x0: unknown, options: MinimizeOptions<never> = {}): Promise<MinimizeResult<unknown>> {
  const steps = stepThrough(prepare(objective, x0, options), options.callback);
  let began = performance.now();
  for (;;) {
    const turn = steps.next();
    if (turn.done === true) return turn.value;
    if (performance.now() - began > 40) {
      await turnOfEventLoop();
      began = performance.now();
    }
  }
}
