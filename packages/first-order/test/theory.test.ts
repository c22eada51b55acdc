import type { Optimizer, StateTree, Tensor } from "@opt/core";
import { applyUpdates, compile, evaluate, tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { momentum, nesterov, sgd, withoutLookAhead } from "../src/index.ts";

expect.extend(matchers);

const curvatures = [1, 10, 100];

/** Minimizes ½ Σ λᵢ xᵢ² from (1, 1, 1) and reads the largest |xᵢ| after each step. */
function errorsOf(optimizer: Optimizer, steps: number): number[] {
  const scales = tensor(curvatures, { dtype: "f64" });
  const step = compile((params: [Tensor], state: StateTree): [[Tensor], StateTree] => {
    const { updates, state: next } = optimizer.update<[Tensor]>([params[0].mul(scales)], state, params);
    return [applyUpdates(params, updates), next];
  });
  let params: [Tensor] = [tensor([1, 1, 1], { dtype: "f64" })];
  let state = optimizer.init(params);
  return Array.from({ length: steps }, () => {
    [params, state] = step(params, state);
    return Math.max(...Array.from(params[0].readSync(), Math.abs));
  });
}

/** The factor by which the error falls for each step, late in the run. */
function rateOf(errors: readonly number[]): number {
  const [early, late] = [errors.length >> 1, errors.length - 1];
  return ((errors[late] ?? 0) / (errors[early] ?? 1)) ** (1 / (late - early));
}

describe("rates of convergence on a quadratic with condition number 100", () => {
  it("gradient descent: (κ − 1) / (κ + 1) for each step", () => {
    const errors = errorsOf(sgd({ learningRate: 2 / (1 + 100) }), 300);
    expect(rateOf(errors)).toBeCloseTo(99 / 101, 6);
  });

  it("heavy ball with Polyak's constants: (√κ − 1) / (√κ + 1)", () => {
    const learningRate = 4 / (Math.sqrt(100) + Math.sqrt(1)) ** 2;
    const errors = errorsOf(momentum({ learningRate, momentum: (9 / 11) ** 2 }), 400);
    // The factor (a + bt) of the double root makes the measured rate a little larger.
    expect(rateOf(errors)).toBeGreaterThan(9 / 11 - 1e-3);
    expect(rateOf(errors)).toBeLessThan(9 / 11 + 1e-2);
  });
});

describe("Nesterov momentum", () => {
  it("is momentum μ (1 − ε λ) along each eigenvector (Sutskever et al. 2013, Theorem 2.1)", () => {
    const [rate, decay, lambda] = [0.02, 0.9, 10];
    let [position, velocity] = [1, 0];
    const step = nesterov({ learningRate: rate, momentum: decay });
    let params = tensor([1], { dtype: "f64" });
    let state = step.init(params);
    for (let count = 0; count < 30; count++) {
      velocity = decay * (1 - rate * lambda) * velocity - rate * lambda * position;
      position += velocity;
      const result = step.update(params.mul(lambda), state, params);
      params = applyUpdates(params, result.updates);
      state = result.state;
      evaluate([params, state]);
      expect(withoutLookAhead(params, state)).toBeAllClose([position], { relative: 1e-12 });
    }
  });
});
