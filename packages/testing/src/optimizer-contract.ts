import type { FloatDType, Optimizer, Schedule, StateTree } from "@opt/core";
import { compile, tensor, treeMap, zerosLike } from "@opt/core";
import { describe, expect } from "vitest";
import { compareNumbers } from "./close.ts";
import type { LawTest, Skips } from "./laws.ts";
import { runLaws } from "./laws.ts";
import type { Step } from "./optimizer-run.ts";
import { clipped, gradientsAt, minimize, stepOf, trajectory } from "./optimizer-run.ts";
import { fromPlain, toPlain } from "./plain.ts";
import type { Problem, ProblemName } from "./problems.ts";
import { problemNamed, problems } from "./problems.ts";
import { freezeTree, readTree } from "./trees.ts";

/** The laws of the contract. */
export type OptimizerLaw =
  | `converges: ${ProblemName}`
  | "converges behind a clip of the global norm"
  | "keeps tree, shape and dtype"
  | "takes a single tensor for the whole tree"
  | "changes nothing that it is given"
  | "gives the same bits for the same inputs"
  | "gives finite updates for zero gradients"
  | "has a state that survives JSON"
  | "ignores extras that it does not know"
  | "does the same compiled"
  | "compiles once"
  | "counts the steps of a schedule from 0"
  | "takes a constant schedule for a constant rate";

/** What is special about an optimizer. */
export interface OptimizerCapabilities {
  /** The learning rate for each problem. Default: the one that `make()` chooses. */
  readonly learningRates?: Partial<Readonly<Record<ProblemName, number>>>;
  /** A number of steps other than the problem's own. */
  readonly steps?: Partial<Readonly<Record<ProblemName, number>>>;
  /** Laws that do not hold, each with the reason why. */
  readonly skip?: Skips<OptimizerLaw>;
}

/** Makes the optimizer, with its own learning rate or a given one. */
export type MakeOptimizer = (learningRate?: number | Schedule) => Optimizer;

function convergence(make: MakeOptimizer, capabilities: OptimizerCapabilities): LawTest<OptimizerLaw>[] {
  const rate = (problem: Problem): number | undefined => capabilities.learningRates?.[problem.name];
  const laws = problems.map((problem): LawTest<OptimizerLaw> => [
    `converges: ${problem.name}`,
    () => {
      const steps = capabilities.steps?.[problem.name] ?? problem.steps;
      expect(minimize(make(rate(problem)), problem, steps)).toBeLessThan(problem.target);
    },
  ]);
  const bowl = problemNamed("bowl");
  const behindClip: LawTest<OptimizerLaw> = [
    "converges behind a clip of the global norm",
    () => {
      const steps = 2 * (capabilities.steps?.bowl ?? bowl.steps);
      expect(minimize(clipped(make(rate(bowl)), 1), bowl, steps)).toBeLessThan(bowl.target);
    },
  ];
  return [...laws, behindClip];
}

function trees(make: MakeOptimizer): LawTest<OptimizerLaw>[] {
  const problem = problemNamed("bowl");
  const keeps = (dtype: FloatDType): void => {
    const optimizer = make();
    const params = problem.start(dtype);
    const state = optimizer.init(params);
    const result = optimizer.update(gradientsAt(problem, params), state, params);
    const describeLeaves = (tree: StateTree): string[] => readTree(tree).map((leaf) => `${leaf.path} ${leaf.dtype} [${leaf.shape.join(", ")}]`);
    expect(describeLeaves(result.updates)).toEqual(describeLeaves(params));
    expect(describeLeaves(result.state)).toEqual(describeLeaves(state));
  };
  return [
    ["keeps tree, shape and dtype", () => {
      keeps("f32");
      keeps("f64");
    }],
    ["takes a single tensor for the whole tree", () => {
      const optimizer = make();
      const params = tensor([1, -2], { dtype: "f64" });
      const { updates } = optimizer.update(tensor([0.5, -0.5], { dtype: "f64" }), optimizer.init(params), params);
      expect(updates.shape).toEqual([2]);
      expect(Array.from(updates.readSync()).every(Number.isFinite)).toBe(true);
    }],
    ["changes nothing that it is given", () => {
      const optimizer = make();
      const params = freezeTree(problem.start("f64"));
      const gradients = freezeTree(gradientsAt(problem, params));
      const state = freezeTree(optimizer.init(params));
      const before = readTree([params, gradients, state]);
      const result = optimizer.update(gradients, state, params);
      readTree([result.updates, result.state]);
      expect(readTree([params, gradients, state])).toEqual(before);
    }],
    ["gives the same bits for the same inputs", () => {
      const optimizer = make();
      const run = (): unknown => trajectory(stepOf(optimizer, problem), optimizer, problem, "f32", 3);
      expect(run()).toEqual(run());
    }],
    ["gives finite updates for zero gradients", () => {
      const optimizer = make();
      const params = problem.start("f32");
      const { updates } = optimizer.update(treeMap(zerosLike, params), optimizer.init(params), params);
      for (const leaf of readTree(updates)) expect(Array.from(leaf.values as Float32Array).every(Number.isFinite), leaf.path).toBe(true);
    }],
    ["has a state that survives JSON", () => {
      const optimizer = make();
      const step = stepOf(optimizer, problem);
      const start = problem.start("f32");
      const [params, state] = step(start, optimizer.init(start));
      const copy = fromPlain(JSON.parse(JSON.stringify(toPlain(state))) as ReturnType<typeof toPlain>);
      const clone = fromPlain(structuredClone(toPlain(state)));
      const [expectedParams, expectedState] = step(params, state);
      for (const restored of [copy, clone]) {
        const [nextParams, nextState] = step(params, restored);
        expect(readTree([nextParams, nextState])).toEqual(readTree([expectedParams, expectedState]));
      }
    }],
    ["ignores extras that it does not know", () => {
      const optimizer = make();
      const plain = trajectory(stepOf(optimizer, problem), optimizer, problem, "f32", 2);
      const withExtra = trajectory(stepOf(optimizer, problem, { somethingUnheardOf: Symbol("extra") }), optimizer, problem, "f32", 2);
      expect(withExtra).toEqual(plain);
    }],
  ];
}

function compilation(make: MakeOptimizer): LawTest<OptimizerLaw>[] {
  const problem = problemNamed("bowl");
  const compareTrajectories = (dtype: FloatDType, relative: number): void => {
    const optimizer = make();
    const step = stepOf(optimizer, problem);
    const lazy = trajectory(step, optimizer, problem, dtype, 5);
    const compiled = trajectory(compile(step), optimizer, problem, dtype, 5);
    expect(compiled.map(({ path, dtype: kind }) => `${path} ${kind}`)).toEqual(lazy.map(({ path, dtype: kind }) => `${path} ${kind}`));
    compiled.forEach((leaf, index) => {
      // Fusing may contract a product and a sum into one rounding, so the last bits may differ.
      const { close, message } = compareNumbers(leaf.values, lazy[index]?.values ?? [], { relative, absolute: relative });
      expect(close, `${dtype} ${leaf.path}: ${message}`).toBe(true);
    });
  };
  return [
    ["does the same compiled", () => {
      compareTrajectories("f32", 1e-6);
      compareTrajectories("f64", 1e-12);
    }],
    ["compiles once", () => {
      const optimizer = make();
      const step = stepOf(optimizer, problem);
      let traces = 0;
      const counting: Step = (params, state) => {
        traces++;
        return step(params, state);
      };
      trajectory(compile(counting), optimizer, problem, "f32", 6);
      expect(traces, "the number of times that the step was traced").toBe(1);
    }],
  ];
}

function schedules(make: MakeOptimizer): LawTest<OptimizerLaw>[] {
  const problem = problemNamed("bowl");
  return [
    ["counts the steps of a schedule from 0", () => {
      for (const prepare of [(step: Step): Step => step, (step: Step): Step => compile(step)]) {
        const seen: number[] = [];
        const optimizer = make((step) => {
          seen.push(step);
          return 0.01;
        });
        trajectory(prepare(stepOf(optimizer, problem)), optimizer, problem, "f32", 4);
        // A schedule may be asked several times in a step, but always about that step.
        expect(seen.filter((step, index) => step !== seen[index - 1])).toEqual([0, 1, 2, 3]);
      }
    }],
    ["takes a constant schedule for a constant rate", () => {
      const run = (rate: number | Schedule): ReturnType<typeof readTree> => {
        const optimizer = make(rate);
        return trajectory(stepOf(optimizer, problem), optimizer, problem, "f64", 4);
      };
      const constant = run(0.01);
      run(() => 0.01).forEach((leaf, index) => {
        const { close, message } = compareNumbers(leaf.values, constant[index]?.values ?? [], { relative: 1e-12, absolute: 1e-12 });
        expect(close, `${leaf.path}: ${message}`).toBe(true);
      });
    }],
  ];
}

/** Every law with its test, for running them one by one. */
export function optimizerLaws(make: MakeOptimizer, capabilities: OptimizerCapabilities = {}): LawTest<OptimizerLaw>[] {
  return [...convergence(make, capabilities), ...trees(make), ...compilation(make), ...schedules(make)];
}

/**
 * Runs the contract of optimizers over one of them: that it converges, keeps trees, is pure, has a state of plain data,
 * compiles once and to the same numbers, and counts its steps right.
 *
 * @param name - The name of the suite.
 * @param make - Makes the optimizer, with its own learning rate or a given one.
 * @param capabilities - Learning rates for the problems, and laws to skip with the reason why.
 *
 * @example
 * ```ts
 * import type { Optimizer } from "@opt/core";
 * import { treeMap } from "@opt/core";
 * import { describeOptimizer } from "@opt/testing";
 *
 * const descent = (rate: number): Optimizer => ({
 *   init: () => ({}),
 *   update: (gradients, state) => ({ updates: treeMap((gradient) => gradient.mul(-rate), gradients), state }),
 * });
 * describeOptimizer("descent", (rate = 0.1) => descent(typeof rate === "number" ? rate : rate(0)), {
 *   learningRates: { "ill-conditioned bowl": 0.01, Rosenbrock: 0.001 },
 *   steps: { Rosenbrock: 20_000 },
 *   skip: { "counts the steps of a schedule from 0": "it takes only constants" },
 * });
 * ```
 */
export function describeOptimizer(name: string, make: MakeOptimizer, capabilities: OptimizerCapabilities = {}): void {
  describe(`${name} keeps the contract of optimizers`, () => {
    runLaws(optimizerLaws(make, capabilities), capabilities.skip);
  });
}
