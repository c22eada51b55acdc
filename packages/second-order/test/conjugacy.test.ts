import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { bfgs, conjugateGradient, minimize, quadraticStep, steepest } from "../src/index.ts";
import type { ConjugateGradientBeta, Direction, Iterate, Search } from "../src/index.ts";
import { dot, matrixVector } from "../src/vectors.ts";
import { normals, quadraticOf, randomQuadratic } from "./quadratic.ts";
import type { Quadratic } from "./quadratic.ts";

expect.extend(matchers);

const betas: readonly ConjugateGradientBeta[] = ["fletcher-reeves", "polak-ribiere", "polak-ribiere-plus"];

/** The points of a run with exact steps. */
function pathOf(direction: Direction, quadratic: Quadratic, start: Float64Array, tolerance: number, search: Search = quadraticStep()): Iterate<Float64Array>[] {
  const path: Iterate<Float64Array>[] = [];
  const { status, message } = minimize(quadratic, start, { method: { direction, search }, tolerance, callback: (iterate) => path.push(iterate) });
  expect(status, message).toBe("converged");
  return path;
}

function steps(path: readonly Iterate<Float64Array>[]): Float64Array[] {
  return path.slice(1).map(({ x }, index) => x.map((element, i) => element - path[index]!.x[i]!));
}

describe("conjugate gradients with exact steps on a quadratic", () => {
  for (const dimension of [1, 2, 5, 12]) {
    const quadratic = randomQuadratic(dimension, dimension);
    const start = normals(7, dimension);
    const paths = betas.map((beta) => pathOf(conjugateGradient({ beta }), quadratic, start, 1e-9));

    it(`end in at most n = ${dimension} steps`, () => {
      for (const path of paths) expect(path.length - 1).toBeLessThanOrEqual(dimension);
    });

    it(`take the same way with every formula of β, n = ${dimension}`, () => {
      const [first, ...others] = paths;
      for (const path of others) path.forEach(({ x }, index) => expect(x).toBeAllClose(first![index]!.x, { relative: 1e-7 }));
    });

    it(`go in conjugate directions, with orthogonal gradients, n = ${dimension}`, () => {
      const [path] = paths;
      const unit = (x: Float64Array): Float64Array => x.map((element) => element / Math.sqrt(dot(x, x)));
      const directions = steps(path!).map(unit);
      const gradients = path!.slice(0, -1).map(({ x }) => unit(quadratic.gradient(x) as Float64Array));
      for (let i = 0; i < directions.length; i++) {
        for (let j = 0; j < i; j++) {
          expect(Math.abs(dot(directions[i]!, matrixVector(quadratic.matrix, directions[j]!)))).toBeLessThan(1e-7);
          expect(Math.abs(dot(gradients[i]!, gradients[j]!))).toBeLessThan(1e-7);
        }
      }
    });
  }

  it("with a reset at every step are steepest descent", () => {
    const quadratic = randomQuadratic(4, 3);
    const start = normals(8, 4);
    const reset = pathOf(conjugateGradient({ resetEvery: 1 }), quadratic, start, 1e-6);
    const plain = pathOf(steepest(), quadratic, start, 1e-6);
    expect(reset.map(({ x }) => x)).toEqual(plain.map(({ x }) => x));
    expect(plain.length).toBeGreaterThan(5);
  });
});

describe("steepest descent with exact steps on a quadratic", () => {
  it("takes steps of gᵀg / gᵀHg", () => {
    const quadratic = randomQuadratic(5, 11);
    const path = pathOf(steepest(), quadratic, normals(9, 5), 1e-3);
    path.slice(1).forEach(({ stepLength }, index) => {
      const g = quadratic.gradient(path[index]!.x) as Float64Array;
      expect(stepLength).toBeAllClose(dot(g, g) / dot(g, matrixVector(quadratic.matrix, g)), { relative: 1e-10 });
    });
  });

  it("zigzags at the rate ((κ − 1) / (κ + 1))² from the worst start", () => {
    const condition = 20;
    const quadratic = quadraticOf(Float64Array.of(1, 0, 0, condition), Float64Array.of(0, 0));
    const path = pathOf(steepest(), quadratic, Float64Array.of(condition, 1), 1e-4);
    const rate = ((condition - 1) / (condition + 1)) ** 2;
    path.slice(1).forEach(({ value }, index) => expect(value / path[index]!.value).toBeAllClose(rate, { relative: 1e-9 }));
    const turns = steps(path).map((step) => Math.sign(step[1]!));
    expect(turns.slice(1).every((sign, index) => sign === -turns[index]!)).toBe(true);
  });
});

describe("BFGS with exact steps on a quadratic", () => {
  for (const dimension of [2, 6]) {
    const quadratic = randomQuadratic(dimension, 20 + dimension);
    const start = normals(21, dimension);
    const inverses: Float64Array[] = [];
    const sound = bfgs();
    const recording: Direction<ReturnType<typeof sound.init>> = {
      ...sound,
      propose: (...args) => {
        const proposal = sound.propose(...args);
        if (proposal.kind === "go" && proposal.state.inverse !== null) inverses.push(proposal.state.inverse);
        return proposal;
      },
    };
    // With tolerance 0 the run goes on until rounding stops it, so that the update of step n is seen as well.
    minimize(quadratic, start, { method: { direction: recording, search: quadraticStep() }, tolerance: 0 });

    it(`has the inverse of the Hessian after n = ${dimension} steps`, () => {
      const inverse = inverses[dimension - 1]!;
      for (let column = 0; column < dimension; column++) {
        const axis = Float64Array.from({ length: dimension }, (_, index) => (index === column ? 1 : 0));
        expect(matrixVector(inverse, matrixVector(quadratic.matrix, axis))).toBeAllClose(axis, { relative: 1e-6 });
      }
    });

    it(`takes the way of conjugate gradients, n = ${dimension}`, () => {
      const own = pathOf(bfgs(), quadratic, start, 1e-8);
      const conjugate = pathOf(conjugateGradient(), quadratic, start, 1e-8);
      expect(own.length).toBe(conjugate.length);
      own.forEach(({ x }, index) => expect(x).toBeAllClose(conjugate[index]!.x, { relative: 1e-6 }));
    });
  }
});
