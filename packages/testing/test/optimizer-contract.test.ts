import type { Optimizer, Scalar, Schedule, Tensor, TensorTree } from "@opt/core";
import { scalar, tensor, treeMap } from "@opt/core";
import { describe, expect, it } from "vitest";
import { describeOptimizer } from "../src/index.ts";
import { optimizerLaws } from "../src/optimizer-contract.ts";
import type { OptimizerLaw } from "../src/optimizer-contract.ts";

type State = { readonly step: Scalar };

/** Gradient descent as a stranger would write it, importing only the protocol. */
function descent(rate: number | Schedule = 0.1): Optimizer<State> {
  return {
    init: () => ({ step: 0 }),
    update: (gradients, state) => {
      const factor = typeof rate === "number" ? -rate : scalar((step) => -rate(step), state.step);
      return { updates: treeMap((gradient) => gradient.mul(factor), gradients), state: { step: scalar((step) => step + 1, state.step) } };
    },
  };
}

describeOptimizer("plain descent", descent, { learningRates: { "ill-conditioned bowl": 0.01, Rosenbrock: 0.001 }, steps: { Rosenbrock: 20_000 } });

async function outcome(law: OptimizerLaw, make: (rate?: number | Schedule) => Optimizer): Promise<string> {
  const test = optimizerLaws(make).find(([name]) => name === law)?.[1];
  try {
    await test?.();
    return "holds";
  } catch (error) {
    return error instanceof Error ? "broken" : "thrown something else";
  }
}

/** Descent with a flaw in its update. */
function flawed(change: (update: Tensor, gradient: Tensor) => Tensor): Optimizer<State> {
  const sound = descent();
  return {
    init: (params) => sound.init(params),
    update<P extends TensorTree>(gradients: P, state: State, params: P): { updates: P; state: State } {
      const result = sound.update(gradients, state, params);
      return { updates: treeMap(change, result.updates, gradients), state: result.state };
    },
  };
}

describe("the contract of optimizers catches", () => {
  it("one that climbs", async () => {
    expect(await outcome("converges: bowl", () => flawed((update) => update.neg()))).toBe("broken");
  });

  it("one that changes dtypes", async () => {
    expect(await outcome("keeps tree, shape and dtype", () => flawed((update) => tensor(update.readSync().length)))).toBe("broken");
  });

  it("one that divides by the gradient", async () => {
    expect(await outcome("gives finite updates for zero gradients", () => flawed((update, gradient) => update.div(gradient)))).toBe("broken");
  });

  it("one with hidden state", async () => {
    let calls = 0;
    const law = "gives the same bits for the same inputs";
    expect(await outcome(law, () => flawed((update) => update.mul(++calls)))).toBe("broken");
  });

  it("one that writes into its state", async () => {
    const writing: Optimizer<{ step: number }> = {
      init: () => ({ step: 0 }),
      update: (gradients, state) => {
        state.step++;
        return { updates: gradients, state };
      },
    };
    expect(await outcome("changes nothing that it is given", () => writing)).toBe("broken");
  });

  it("one that counts steps from 1", async () => {
    const late = (rate?: number | Schedule): Optimizer<State> => {
      const inner = descent(rate);
      return { ...inner, init: () => ({ step: 1 }) };
    };
    expect(await outcome("counts the steps of a schedule from 0", late)).toBe("broken");
    expect(await outcome("counts the steps of a schedule from 0", descent)).toBe("holds");
  });

  it("one whose state grows, and so compiles again", async () => {
    type Growing = { readonly seen: readonly number[] };
    const growing: Optimizer<Growing> = {
      init: () => ({ seen: [] }),
      update: (gradients, state) => ({ updates: treeMap((gradient) => gradient.mul(-0.1), gradients), state: { seen: [...state.seen, 1] } }),
    };
    expect(await outcome("compiles once", () => growing)).toBe("broken");
  });
});
