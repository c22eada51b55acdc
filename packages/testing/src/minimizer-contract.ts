import { describe, expect } from "vitest";
import { compareNumbers } from "./close.ts";
import type { LawTest, Skips } from "./laws.ts";
import { runLaws } from "./laws.ts";
import type { LeastSquaresName } from "./least-squares-problems.ts";
import { leastSquaresProblemNamed, leastSquaresProblems } from "./least-squares-problems.ts";
import type { SmoothObjective } from "./least-squares.ts";
import type { Minimizer, MinimizerIterate, MinimizerOptions, MinimizerResult } from "./minimizer-run.ts";
import { bowl, hole, largest, logBarrier, ramp, watched } from "./minimizer-run.ts";

/** The laws of the contract. */
export type MinimizerLaw =
  | `reaches the minimum: ${LeastSquaresName}`
  | "tells the truth about its last point"
  | "tells the truth about its evaluations"
  | "never ends higher than it began"
  | "changes nothing that it is given"
  | "keeps no array that it may change later"
  | "gives the same bits for the same inputs"
  | "stays where the gradient is small already"
  | "stops after maxSteps"
  | "stops when the signal is aborted"
  | "ends as a value where the function is NaN"
  | "ends as a value where the function falls without bound"
  | "keeps out of where the function is NaN"
  | "shows the callback every iterate"
  | "does the same step by step";

/** What is special about a minimizer. */
export interface MinimizerCapabilities {
  /** The most steps for a problem. Default 1000. */
  readonly maxSteps?: Partial<Readonly<Record<LeastSquaresName, number>>>;
  /** Laws that do not hold, each with the reason why. */
  readonly skip?: Skips<MinimizerLaw>;
}

function run(subject: Minimizer, objective: SmoothObjective, start: readonly number[], options?: MinimizerOptions): MinimizerResult {
  return subject.minimize(objective, Float64Array.from(start), options);
}

/** That a result says how it ended, in words and without throwing. */
function expectEnding(result: MinimizerResult, statuses: readonly string[]): void {
  expect(statuses, result.message).toContain(result.status);
  expect(result.message.trim(), "the message").not.toBe("");
}

function convergence(subject: Minimizer, { maxSteps }: MinimizerCapabilities): LawTest<MinimizerLaw>[] {
  return leastSquaresProblems.map((problem) => [
    `reaches the minimum: ${problem.name}`,
    () => {
      const result = run(subject, problem, problem.start, { tolerance: 1e-6, maxSteps: maxSteps?.[problem.name] ?? 1000 });
      expectEnding(result, ["converged"]);
      expect(result.gradientNorm).toBeLessThanOrEqual(1e-6);
      expect(result.value).toBeLessThan(1e-8);
      // Where the Hessian is singular a small gradient says little about the distance.
      const { close, message } = compareNumbers(result.x, problem.minimizer, { relative: 1e-4, absolute: problem.name === "Powell singular" ? 0.1 : 1e-4 });
      expect(close, message).toBe(true);
    },
  ]);
}

function truth(subject: Minimizer): LawTest<MinimizerLaw>[] {
  const rosenbrock = leastSquaresProblemNamed("Rosenbrock");
  return [
    ["tells the truth about its last point", () => {
      for (const maxSteps of [0, 3, 1000]) {
        const { x, value, gradientNorm } = run(subject, rosenbrock, rosenbrock.start, { maxSteps });
        expect(value).toBe(rosenbrock.value(x));
        expect(gradientNorm).toBe(largest(rosenbrock.gradient(x)));
      }
    }],
    ["tells the truth about its evaluations", () => {
      const { objective, counts } = watched(rosenbrock);
      expect(run(subject, objective, rosenbrock.start).evaluations).toMatchObject(counts);
    }],
    ["never ends higher than it began", () => {
      for (const { start, ...problem } of leastSquaresProblems) {
        for (const maxSteps of [1, 2, 5]) {
          expect(run(subject, problem, start, { maxSteps }).value, problem.name).toBeLessThanOrEqual(problem.value(Float64Array.from(start)));
        }
      }
    }],
  ];
}

function purity(subject: Minimizer): LawTest<MinimizerLaw>[] {
  const rosenbrock = leastSquaresProblemNamed("Rosenbrock");
  return [
    ["changes nothing that it is given", () => {
      const start = Float64Array.from(rosenbrock.start);
      const options = Object.freeze({ tolerance: 1e-6, maxSteps: 100 });
      subject.minimize(Object.freeze({ ...rosenbrock }), start, options);
      expect(Array.from(start)).toEqual(rosenbrock.start);
    }],
    ["keeps no array that it may change later", () => {
      const seen: { given: Float64Array; copy: Float64Array }[] = [];
      const remember = (given: Float64Array): void => {
        seen.push({ given, copy: given.slice() });
      };
      const { objective } = watched(rosenbrock, remember);
      const result = subject.minimize(objective, Float64Array.from(rosenbrock.start), { callback: ({ x }) => remember(x) });
      remember(result.x);
      const copy = result.x.slice();
      subject.minimize(objective, Float64Array.from(rosenbrock.start));
      expect(seen.filter((entry) => entry.given.some((element, index) => !Object.is(element, entry.copy[index])))).toEqual([]);
      expect(result.x).toEqual(copy);
    }],
    ["gives the same bits for the same inputs", () => {
      for (const { start, ...problem } of leastSquaresProblems) {
        expect(run(subject, problem, start, { maxSteps: 50 }), problem.name).toEqual(run(subject, problem, start, { maxSteps: 50 }));
      }
    }],
  ];
}

function endings(subject: Minimizer): LawTest<MinimizerLaw>[] {
  const rosenbrock = leastSquaresProblemNamed("Rosenbrock");
  return [
    ["stays where the gradient is small already", () => {
      const result = run(subject, bowl, [0, 0]);
      expectEnding(result, ["converged"]);
      expect(result.steps).toBe(0);
      expect(Array.from(result.x)).toEqual([0, 0]);
    }],
    ["stops after maxSteps", () => {
      for (const maxSteps of [0, 2]) {
        const result = run(subject, rosenbrock, rosenbrock.start, { maxSteps });
        expectEnding(result, ["max-steps"]);
        expect(result.steps).toBe(maxSteps);
      }
    }],
    ["stops when the signal is aborted", () => {
      const controller = new AbortController();
      const callback = ({ step }: MinimizerIterate): void => {
        if (step === 2) controller.abort();
      };
      const result = run(subject, rosenbrock, rosenbrock.start, { callback, signal: controller.signal });
      expectEnding(result, ["aborted"]);
      expect(result.steps).toBe(2);
      const atOnce = run(subject, rosenbrock, rosenbrock.start, { signal: AbortSignal.abort() });
      expectEnding(atOnce, ["aborted"]);
      expect(Array.from(atOnce.x)).toEqual(rosenbrock.start);
    }],
    ["ends as a value where the function is NaN", () => {
      const result = run(subject, hole, [1, 2]);
      expectEnding(result, ["non-finite"]);
      expect(Array.from(result.x)).toEqual([1, 2]);
    }],
    ["ends as a value where the function falls without bound", () => {
      const result = run(subject, ramp, [1, 2], { maxSteps: 100 });
      expectEnding(result, ["unbounded", "max-steps", "line-search-failed", "direction-failed", "non-finite"]);
      expect(result.x.every(Number.isFinite)).toBe(true);
    }],
    ["keeps out of where the function is NaN", () => {
      const result = run(subject, logBarrier, [0.01, 30]);
      expectEnding(result, ["converged"]);
      expect(compareNumbers(result.x, [1, 1], { relative: 1e-4 }).message).toMatch("all 2 elements agree");
    }],
  ];
}

function iterates(subject: Minimizer): LawTest<MinimizerLaw>[] {
  const rosenbrock = leastSquaresProblemNamed("Rosenbrock");
  const shown = (objective: SmoothObjective, options: MinimizerOptions): { iterates: MinimizerIterate[]; result: MinimizerResult } => {
    const seen: MinimizerIterate[] = [];
    const result = run(subject, objective, rosenbrock.start, { ...options, callback: (iterate) => seen.push(iterate) });
    return { iterates: seen, result };
  };
  const laws: LawTest<MinimizerLaw>[] = [
    ["shows the callback every iterate", () => {
      const { iterates: seen, result } = shown(rosenbrock, {});
      expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: result.steps + 1 }, (_, step) => step));
      expect(Array.from(seen[0]?.x ?? [])).toEqual(rosenbrock.start);
      expect(seen.at(-1)).toMatchObject({ x: result.x, value: result.value, gradientNorm: result.gradientNorm });
      for (const { x, value } of seen) expect(value).toBe(rosenbrock.value(x));
    }],
  ];
  const { steps } = subject;
  if (steps === undefined) return laws;
  return [...laws, ["does the same step by step", () => {
    const expected = shown(rosenbrock, { maxSteps: 20 });
    const generator = steps(rosenbrock, Float64Array.from(rosenbrock.start), { maxSteps: 20 });
    const seen: MinimizerIterate[] = [];
    let turn = generator.next();
    for (; turn.done !== true; turn = generator.next()) seen.push(turn.value);
    expect(seen).toEqual(expected.iterates);
    expect(turn.value).toEqual(expected.result);
  }]];
}

/** Every law with its test, for running them one by one. */
export function minimizerLaws(subject: Minimizer, capabilities: MinimizerCapabilities = {}): LawTest<MinimizerLaw>[] {
  return [...convergence(subject, capabilities), ...truth(subject), ...purity(subject), ...endings(subject), ...iterates(subject)];
}

/**
 * Runs the contract of minimizers over one of them: that it reaches hard minima, tells the truth about where it is and what it
 * computed, is pure, ends as a value whatever the function does, and shows its iterates.
 *
 * For a direction or a search of your own, hand over `minimize` and `minimizeSteps` of `@opt/second-order` with your method.
 *
 * @param name - The name of the suite.
 * @param subject - The minimizer: `minimize`, and `steps` if it has a form that goes step by step.
 * @param capabilities - Numbers of steps, and laws to skip with the reason why.
 *
 * @example
 * ```ts
 * import { bfgs, minimize, minimizeSteps, strongWolfe } from "@opt/second-order";
 * import { describeMinimizer } from "@opt/testing";
 *
 * const method = { direction: bfgs(), search: strongWolfe({ curvature: 0.5 }) };
 * describeMinimizer("bfgs with a closer search", {
 *   minimize: (objective, x0, options) => minimize(objective, x0, { method, ...options }),
 *   steps: (objective, x0, options) => minimizeSteps(objective, x0, { method, ...options }),
 * });
 * ```
 */
export function describeMinimizer(name: string, subject: Minimizer, capabilities: MinimizerCapabilities = {}): void {
  describe(`${name} keeps the contract of minimizers`, () => {
    runLaws(minimizerLaws(subject, capabilities), capabilities.skip);
  });
}
