import { describeMinimizer } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { minimize, minimizeSteps, quadraticStep, steepest, strongWolfe } from "../src/index.ts";
import type { Direction, Search } from "../src/index.ts";
import { randomQuadratic } from "./quadratic.ts";

/** The conjugate gradient formula of Hestenes and Stiefel, as a stranger would write it: `β = gᵀy / dᵀy`, y = g − g₋. */
function hestenesStiefel(): Direction<null> {
  const inner = (a: Float64Array, b: Float64Array): number => a.reduce((total, element, index) => total + element * b[index]!, 0);
  return {
    name: "hestenesStiefel",
    asks: "wolfe",
    because: "conjugate directions presuppose a minimum along the last one",
    curvature: 0.3,
    init: () => null,
    propose(_state, { gradient }, { last }) {
      const descent = gradient.map((element) => -element);
      if (last === undefined) return { kind: "go", direction: descent, state: null, firstStep: Math.min(1, 1 / Math.sqrt(inner(gradient, gradient))) };
      const change = gradient.map((element, index) => element - last.from.gradient[index]!);
      const beta = Math.max(0, inner(gradient, change) / inner(last.direction, change));
      const direction = descent.map((element, index) => element + beta * last.direction[index]!);
      const slope = inner(gradient, direction);
      const firstStep = (last.step * inner(last.from.gradient, last.direction)) / slope;
      return slope < 0 ? { kind: "go", direction, state: null, firstStep } : { kind: "go", direction: descent, state: null, firstStep: 1e-3 };
    },
  };
}

/** Halves or doubles the last search's step until the value falls, as a stranger would write it. */
function halving(): Search<{ readonly trials: number }> {
  return {
    name: "halving",
    gives: "decrease",
    evaluates: "value",
    start: ({ firstStep }) => ({ kind: "try", step: 2 * firstStep, state: { trials: 1 } }),
    next({ trials }, trial, line) {
      if (trial.finite && trial.value < line.value + 1e-4 * trial.step * line.slope) return { kind: "accept", trial };
      if (trials === 50) return { kind: "fail", reason: "no-decrease" };
      return { kind: "try", step: trial.step / 2, state: { trials: trials + 1 } };
    },
  };
}

const conjugate = { direction: hestenesStiefel(), search: strongWolfe() };

describeMinimizer("a direction of one's own", {
  minimize: (objective, x0, options) => minimize(objective, x0, { method: conjugate, ...options }),
  steps: (objective, x0, options) => minimizeSteps(objective, x0, { method: conjugate, ...options }),
});

describe("parts of one's own", () => {
  it("go with those of the package", () => {
    const quadratic = randomQuadratic(6, 60);
    const exact = minimize(quadratic, new Float64Array(6), { method: { direction: hestenesStiefel(), search: quadraticStep() } });
    expect(exact.status).toBe("converged");
    expect(exact.steps).toBeLessThanOrEqual(6);
    expect(minimize(quadratic, new Float64Array(6), { method: { direction: steepest(), search: halving() } }).status).toBe("converged");
  });

  it("are refused where they do not fit", () => {
    expect(() => minimize(randomQuadratic(2, 1), [0, 0], { method: { direction: hestenesStiefel(), search: halving() } })).toThrow(
      "minimize({ method }): hestenesStiefel() with halving() makes no sense, because conjugate directions presuppose a minimum along the last one, which halving() does not give.",
    );
  });
});
