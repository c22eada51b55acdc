import type { BatchObjective, BatchSolution, BatchSolver, StateTree, TensorTree } from "@opt/core";
import { tensor, treeDot, treeMap } from "@opt/core";
import { describe, expect, it } from "vitest";
import { batchSolverLaws } from "../src/batch-solver-contract.ts";
import type { BatchSolverLaw } from "../src/index.ts";
import { describeBatchSolver } from "../src/index.ts";

/** Descent with halving from twice the last step, as a stranger would write it. */
const halving: BatchSolver = {
  init: () => ({ step: 1 }),
  solve<P extends TensorTree>(objective: BatchObjective<P>, state: StateTree, params: P): BatchSolution<P> {
    const [value, gradient] = objective.valueAndGradient(params);
    const [loss, squared] = [value.item(), treeDot(gradient, gradient).item()];
    if (!Number.isFinite(loss) || !Number.isFinite(squared)) return { params, state, value: Number.NaN, message: "not finite" };
    for (let step = 2 * (state as { step: number }).step; step > 1e-20; step /= 2) {
      const next = treeMap((param, slope) => param.sub(slope.mul(step)), params, gradient);
      if (objective.value(next).item() < loss - 1e-4 * step * squared) return { params: next, state: { step }, value: loss, message: "went down" };
    }
    return { params, state, value: loss, message: "as low as it gets" };
  },
};

describeBatchSolver("a stranger's descent", () => halving, { batches: { "ill-conditioned bowl": 300, Rosenbrock: 1000 } });

async function outcome(law: BatchSolverLaw, solver: BatchSolver): Promise<string> {
  const test = batchSolverLaws(() => solver, { batches: { bowl: 20 } }).find(([name]) => name === law)?.[1];
  if (test === undefined) return "no such law";
  try {
    await test();
    return "holds";
  } catch (error) {
    return error instanceof Error ? "broken" : "thrown something else";
  }
}

/** The stranger's solver with a flaw in what it returns. */
function flawed(change: (solution: BatchSolution) => Partial<BatchSolution>): BatchSolver {
  return {
    init: (params) => halving.init(params),
    solve: async <P extends TensorTree>(objective: BatchObjective<P>, state: StateTree, params: P): Promise<BatchSolution<P>> => {
      const solution = await halving.solve(objective, state, params);
      return { ...solution, ...(change(solution) as Partial<BatchSolution<P>>) };
    },
  };
}

describe("the contract of solvers of batches catches", () => {
  it("one that goes nowhere", async () => {
    const lazy: BatchSolver = { ...halving, solve: (_objective, state, params) => ({ params, state, value: 0, message: "resting" }) };
    expect(await outcome("converges: bowl", lazy)).toBe("broken");
    expect(await outcome("converges: bowl", halving)).toBe("holds");
  });

  it("one that lies about the loss, or says nothing", async () => {
    expect(await outcome("reports the loss where it started", flawed(({ value }) => ({ value: value + 1e-9 })))).toBe("broken");
    expect(await outcome("reports the loss where it started", flawed(() => ({ message: "" })))).toBe("broken");
  });

  it("one that changes dtypes", async () => {
    const widening = flawed(({ params }) => ({ params: treeMap((leaf) => tensor(Float64Array.from(leaf.readSync()), { shape: leaf.shape }), params) }));
    expect(await outcome("keeps tree, shape and dtype", widening)).toBe("broken");
  });

  it("one with hidden state", async () => {
    let calls = 0;
    expect(await outcome("gives the same bits for the same inputs", flawed(() => ({ state: { step: 1e-3 / ++calls } })))).toBe("broken");
  });

  it("one that writes into what it is given", async () => {
    const writing: BatchSolver = { ...halving, solve: (objective, state, params) => {
      (state as { step: number }).step = 1;
      return halving.solve(objective, state, params);
    } };
    expect(await outcome("changes nothing that it is given", writing)).toBe("broken");
  });

  it("one that goes on with NaN", async () => {
    const careless = flawed(({ params, value }) => (Number.isNaN(value) ? { params: treeMap((leaf) => leaf.mul(Number.NaN), params) } : {}));
    expect(await outcome("leaves everything as it was where the loss is not finite", careless)).toBe("broken");
  });
});
