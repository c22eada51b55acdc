import type { BatchObjective, BatchSolution, BatchSolver, FloatDType, Tensor } from "@opt/core";
import { compile, hvp, valueAndGrad } from "@opt/core";
import { describe, expect } from "vitest";
import type { LawTest, Skips } from "./laws.ts";
import { runLaws } from "./laws.ts";
import { fromPlain, toPlain } from "./plain.ts";
import type { Problem, ProblemName, ProblemParams } from "./problems.ts";
import { problemNamed, problems } from "./problems.ts";
import type { LeafContents } from "./trees.ts";
import { freezeTree, readTree } from "./trees.ts";

/** The laws of the contract. */
export type BatchSolverLaw =
  | `converges: ${ProblemName}`
  | "keeps tree, shape and dtype"
  | "reports the loss where it started"
  | "changes nothing that it is given"
  | "gives the same bits for the same inputs"
  | "has a state that survives JSON"
  | "leaves everything as it was where the loss is not finite";

/** What is special about a solver of batches. */
export interface BatchSolverCapabilities {
  /** How often each problem is solved for, as if it were the same batch again and again. Default 100. */
  readonly batches?: Partial<Readonly<Record<ProblemName, number>>>;
  /** Laws that do not hold, each with the reason why. */
  readonly skip?: Skips<BatchSolverLaw>;
}

type Solution = BatchSolution<ProblemParams>;

/** The functions that a training loop hands over, for a loss of parameters alone. */
function objectiveOf(problem: Pick<Problem, "loss">): BatchObjective<ProblemParams> {
  const loss = (params: ProblemParams): Tensor => problem.loss(params);
  return {
    value: compile(loss, { donate: [] }),
    valueAndGradient: compile(valueAndGrad(loss), { donate: [] }),
    hessianVector: compile(hvp(loss), { donate: [] }),
  };
}

async function solveRepeatedly(solver: BatchSolver, problem: Problem, dtype: FloatDType, batches: number): Promise<Solution> {
  const objective = objectiveOf(problem);
  const params = problem.start(dtype);
  let solution: Solution = { params, state: solver.init(params), value: Number.NaN, message: "" };
  for (let count = 0; count < batches; count++) solution = await solver.solve(objective, solution.state, solution.params);
  return solution;
}

function describeLeaves(leaves: readonly LeafContents[]): string[] {
  return leaves.map(({ path, dtype, shape }) => `${path} ${dtype} [${shape.join(", ")}]`);
}

/** Every law with its test, for running them one by one. */
export function batchSolverLaws(make: () => BatchSolver, capabilities: BatchSolverCapabilities = {}): LawTest<BatchSolverLaw>[] {
  const problem = problemNamed("Rosenbrock");
  const convergence = problems.map((each): LawTest<BatchSolverLaw> => [
    `converges: ${each.name}`,
    async () => {
      const { params } = await solveRepeatedly(make(), each, "f32", capabilities.batches?.[each.name] ?? 100);
      expect(each.loss(params).item()).toBeLessThan(each.target);
    },
  ]);
  return [
    ...convergence,
    ["keeps tree, shape and dtype", async () => {
      for (const dtype of ["f32", "f64"] as const) {
        const { params } = await solveRepeatedly(make(), problem, dtype, 3);
        expect(describeLeaves(readTree(params))).toEqual(describeLeaves(readTree(problem.start(dtype))));
      }
    }],
    ["reports the loss where it started", async () => {
      const solver = make();
      const objective = objectiveOf(problem);
      const before = await solveRepeatedly(solver, problem, "f64", 2);
      const { value, message } = await solver.solve(objective, before.state, before.params);
      expect(value).toBe(objective.value(before.params).item());
      expect(message.trim(), "the message").not.toBe("");
    }],
    ["changes nothing that it is given", async () => {
      const solver = make();
      const { params, state } = await solveRepeatedly(solver, problem, "f64", 2);
      const before = readTree([params, state]);
      await solver.solve(objectiveOf(problem), freezeTree(state), freezeTree(params));
      expect(readTree([params, state])).toEqual(before);
    }],
    ["gives the same bits for the same inputs", async () => {
      const solver = make();
      const run = async (): Promise<LeafContents[]> => {
        const { params, state } = await solveRepeatedly(solver, problem, "f32", 4);
        return readTree([params, state]);
      };
      expect(await run()).toEqual(await run());
    }],
    ["has a state that survives JSON", async () => {
      const solver = make();
      const objective = objectiveOf(problem);
      const { params, state } = await solveRepeatedly(solver, problem, "f32", 3);
      const restored = fromPlain(JSON.parse(JSON.stringify(toPlain(state))) as ReturnType<typeof toPlain>);
      const [expected, actual] = [await solver.solve(objective, state, params), await solver.solve(objective, restored, params)];
      expect(readTree([actual.params, actual.state])).toEqual(readTree([expected.params, expected.state]));
    }],
    ["leaves everything as it was where the loss is not finite", async () => {
      const solver = make();
      const { params, state } = await solveRepeatedly(solver, problem, "f32", 2);
      const before = readTree([params, state]);
      const solution = await solver.solve(objectiveOf({ loss: (at) => problem.loss(at).mul(Number.NaN) }), state, params);
      expect(solution.value).toBeNaN();
      expect(solution.message.trim(), "the message").not.toBe("");
      expect(readTree([solution.params, solution.state])).toEqual(before);
    }],
  ];
}

/**
 * Runs the contract of solvers of batches over one of them: that it converges, keeps trees, reports the loss that it started
 * from, is pure, has a state of plain data, and stays where it is when the loss is not finite.
 *
 * @param name - The name of the suite.
 * @param make - Makes the solver.
 * @param capabilities - How often each problem is solved for, and laws to skip with the reason why.
 *
 * @example
 * ```ts
 * import { batchMinimizer } from "@opt/second-order";
 * import { describeBatchSolver } from "@opt/testing";
 *
 * describeBatchSolver("L-BFGS, two steps for each batch", () => batchMinimizer({ method: "lbfgs", stepsPerBatch: 2 }));
 * ```
 */
export function describeBatchSolver(name: string, make: () => BatchSolver, capabilities: BatchSolverCapabilities = {}): void {
  describe(`${name} keeps the contract of solvers of batches`, () => {
    runLaws(batchSolverLaws(make, capabilities), capabilities.skip);
  });
}
