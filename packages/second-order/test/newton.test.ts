import { tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { backtracking, fixedStep, minimize, newton, saddleFreeNewton, strongWolfe } from "../src/index.ts";
import type { Direction, PlainObjective, Proposal } from "../src/index.ts";
import { dot, matrixVector } from "../src/vectors.ts";
import { normals, quadraticOf, randomQuadratic } from "./quadratic.ts";
import type { Quadratic } from "./quadratic.ts";

expect.extend(matchers);

/** `x² + y⁴/4 − y²/2`: minima at (0, ±1), a saddle point at 0. */
const saddle: PlainObjective = {
  value: ([x = 0, y = 0]) => x ** 2 + y ** 4 / 4 - y ** 2 / 2,
  gradient: ([x = 0, y = 0]) => [2 * x, y ** 3 - y],
  hessian: ([, y = 0]) => [2, 0, 0, 3 * y ** 2 - 1],
};

/** What a direction proposes at a point of a quadratic. */
function proposalAt<State>(direction: Direction<State>, quadratic: Quadratic, x: Float64Array, state: State = direction.init(x.length)): Proposal<State> {
  const point = { x, value: quadratic.value(x), gradient: Float64Array.from(quadratic.gradient(x)) };
  const curvature = { hessian: () => quadratic.matrix, hessianVector: (_at: Float64Array, vector: Float64Array) => matrixVector(quadratic.matrix, vector) };
  return direction.propose(state, point, { curvature, last: undefined });
}

function directionOf<State>(proposal: Proposal<State>): Float64Array {
  if (proposal.kind === "fail") throw new Error(proposal.message);
  return proposal.direction;
}

describe("Newton's method (Algorithm 8.8)", () => {
  it("minimizes a quadratic in one step, from anywhere", () => {
    for (const dimension of [1, 3, 10]) {
      const quadratic = randomQuadratic(dimension, dimension);
      for (const seed of [1, 2]) {
        const result = minimize(quadratic, normals(seed, dimension).map((element) => 100 * element), {
          method: { direction: newton(), search: fixedStep(1) },
          tolerance: 1e-9,
        });
        expect(result).toMatchObject({ status: "converged", steps: 1, evaluations: { hessian: 1 } });
        expect(matrixVector(quadratic.matrix, result.x)).toBeAllClose(quadratic.b, { relative: 1e-8 });
      }
    }
  });

  it("converges quadratically near a minimum", () => {
    const errors: number[] = [];
    const objective = (x: Tensor): Tensor => x.pow(4).add(x.pow(2)).sub(x.mul(6)).sum();
    minimize(objective, tensor([1.5], { dtype: "f64" }), {
      method: { direction: newton(), search: fixedStep(1) },
      tolerance: 0,
      maxSteps: 5,
      callback: ({ x }) => errors.push(Math.abs(x.item() - 1)),
    });
    // e₊ = e² f‴ / 2f″ = e² · 24 / 28 near 1.
    for (const step of [1, 2]) expect(errors[step + 1]! / errors[step]! ** 2).toBeAllClose(24 / 28, { relative: 0.2 });
    expect(errors.at(-1)).toBeLessThan(1e-14);
  });

  it("stays at a saddle point, and is drawn to it, where the saddle-free direction leaves", () => {
    const near = [1, 0.01];
    const plain = minimize(saddle, near, { method: { direction: newton(), search: fixedStep(1) } });
    expect(plain.status).toBe("converged");
    expect(plain.x).toBeAllClose([0, 0], { absolute: 1e-6 });
    for (const search of [strongWolfe(), backtracking()]) {
      const free = minimize(saddle, near, { method: { direction: saddleFreeNewton(), search } });
      expect(free.status).toBe("converged");
      expect(free.x).toBeAllClose([0, 1], { absolute: 1e-6 });
    }
  });

  it("refuses to go uphill where it is asked to descend", () => {
    const result = minimize(saddle, [1, 0.01], { method: { direction: newton(), search: backtracking() } });
    // The first step descends, by the x alone; then the pull of the saddle point prevails.
    expect(result.status).toBe("direction-failed");
    expect(result.message).toMatch(/^newton\(\) points uphill here .* Use newton\({ regularization: "automatic" }\), saddleFreeNewton\(\) or bfgs\(\)\.$/);
  });

  it("regularized automatically descends from an indefinite Hessian to a minimum", () => {
    const indefinite = quadraticOf(Float64Array.of(1, 2, 2, -3), Float64Array.of(0, 0));
    const x = Float64Array.of(0.3, 0.7);
    const direction = directionOf(proposalAt(newton({ regularization: "automatic" }), indefinite, x));
    expect(dot(direction, Float64Array.from(indefinite.gradient(x)))).toBeLessThan(0);
    const result = minimize(saddle, [1, 0.01], { method: { direction: newton({ regularization: "automatic" }), search: backtracking() } });
    expect(result.status).toBe("converged");
    expect(result.x).toBeAllClose([0, 1], { absolute: 1e-6 });
  });

  it("regularizes by no more than it must: nothing while the Hessian is positive definite", () => {
    const quadratic = randomQuadratic(4, 5);
    const x = normals(3, 4);
    const automatic = proposalAt(newton({ regularization: "automatic" }), quadratic, x, { regularization: 8 });
    expect(automatic).toMatchObject({ state: { regularization: 0 } });
    expect(directionOf(automatic)).toBeAllClose(directionOf(proposalAt(newton(), quadratic, x)), { relative: 1e-9 });
  });

  it("regularized by a number solves (H + αI) d = −g", () => {
    const quadratic = quadraticOf(Float64Array.of(1, 2, 2, -3), Float64Array.of(1, -1));
    const x = Float64Array.of(0.5, 2);
    const direction = directionOf(proposalAt(newton({ regularization: 10 }), quadratic, x));
    const shifted = Float64Array.of(11, 2, 2, 7);
    expect(matrixVector(shifted, direction)).toBeAllClose(Float64Array.from(quadratic.gradient(x), (element) => -element), { relative: 1e-12 });
  });

  it("says when the Hessian is singular", () => {
    const flat: PlainObjective = { value: ([x = 0, y = 0]) => (x + y) ** 2, gradient: ([x = 0, y = 0]) => [2 * (x + y), 2 * (x + y)], hessian: () => [2, 2, 2, 2] };
    const result = minimize(flat, [1, 2], { method: { direction: newton(), search: fixedStep(1) } });
    expect(result).toMatchObject({ status: "direction-failed", steps: 0 });
    expect(result.message).toBe('the Hessian is singular, so that Newton\'s equation has no solution. Use newton({ regularization: "automatic" }) or saddleFreeNewton().');
    expect(minimize(flat, [1, 2], { method: "newton" }).status).toBe("converged");
  });
});

describe("the saddle-free direction", () => {
  it("divides by the absolute curvatures", () => {
    // Eigenvectors (1, 1)/√2 and (1, −1)/√2 with curvatures 4 and −2.
    const quadratic = quadraticOf(Float64Array.of(1, 3, 3, 1), Float64Array.of(0, 0));
    const x = Float64Array.of(2, 0);
    // g = (2, 6) = 4√2 v₁ − 2√2 v₂, so d = −√2 v₁ + √2 v₂ = (0, −2).
    expect(directionOf(proposalAt(saddleFreeNewton(), quadratic, x))).toBeAllClose([0, -2], { absolute: 1e-12 });
  });

  it("is Newton's where the Hessian is positive definite", () => {
    const quadratic = randomQuadratic(6, 9);
    const x = normals(4, 6);
    expect(directionOf(proposalAt(saddleFreeNewton(), quadratic, x))).toBeAllClose(directionOf(proposalAt(newton(), quadratic, x)), { relative: 1e-8 });
  });

  it("has nothing to go by where the Hessian is zero", () => {
    const plane: PlainObjective = { value: ([x = 0]) => x, gradient: () => [1], hessian: () => [0] };
    const result = minimize(plane, [0], { method: "saddle-free-newton" });
    expect(result).toMatchObject({ status: "direction-failed", message: "the Hessian is zero, so that it says nothing about a step. Use steepest() or bfgs() there." });
  });
});
