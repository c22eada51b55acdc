import { matchers } from "@opt/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bfgsUpdate, curvaturePair } from "../src/directions/bfgs.ts";
import { bfgs, lbfgs } from "../src/index.ts";
import type { Direction, Transition } from "../src/index.ts";
import { choleskySolve } from "../src/linear-algebra.ts";
import { dot, matrixVector, negated } from "../src/vectors.ts";
import { normals, randomQuadratic } from "./quadratic.ts";
import type { Quadratic } from "./quadratic.ts";

expect.extend(matchers);

function identity(n: number, element = 1): Float64Array {
  return Float64Array.from({ length: n * n }, (_, index) => (index % (n + 1) === 0 ? element : 0));
}

function pointAt(quadratic: Quadratic, x: Float64Array): { x: Float64Array; value: number; gradient: Float64Array } {
  return { x, value: quadratic.value(x), gradient: Float64Array.from(quadratic.gradient(x)) };
}

/** Transitions between random points of a quadratic. */
function wander(quadratic: Quadratic, count: number, seed: number): Transition[] {
  const points = Array.from({ length: count + 1 }, (_, index) => pointAt(quadratic, normals(seed + index, quadratic.dimension)));
  return points.slice(1).map((to, index) => {
    const from = points[index]!;
    return { from, to, direction: to.x.map((element, i) => element - from.x[i]!), step: 1 };
  });
}

/** The last direction that is proposed when a direction is led along transitions. */
function directionAfter<State>(direction: Direction<State>, transitions: readonly Transition[]): Float64Array {
  const curvature = { hessian: () => new Float64Array(0), hessianVector: () => new Float64Array(0) };
  let state = direction.init(transitions[0]!.to.x.length);
  let proposed = new Float64Array(0);
  for (const last of transitions) {
    const proposal = direction.propose(state, last.to, { curvature, last });
    if (proposal.kind === "fail") throw new Error(proposal.message);
    state = proposal.state;
    proposed = Float64Array.from(proposal.direction);
  }
  return proposed;
}

describe("the BFGS update", () => {
  it("fulfils the secant equation, stays symmetric and positive definite", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
        const quadratic = randomQuadratic(n, seed);
        const s = normals(seed + 2, n);
        const y = matrixVector(quadratic.matrix, s);
        const updated = bfgsUpdate(randomQuadratic(n, seed + 3).matrix, s, y, dot(s, y));
        expect(matrixVector(updated, y)).toBeAllClose(s, { relative: 1e-7 });
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(updated[i * n + j]).toBe(updated[j * n + i]);
        expect(choleskySolve(updated, 0, s)).toBeDefined();
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  it("leaves out pairs without positive curvature", () => {
    const at = (x: number, gradient: number): { x: Float64Array; value: number; gradient: Float64Array } => ({ x: Float64Array.of(x), value: 0, gradient: Float64Array.of(gradient) });
    const pair = (gradient: number): unknown => curvaturePair({ from: at(0, 1), to: at(1, gradient), direction: Float64Array.of(1), step: 1 });
    expect(pair(2)).toMatchObject({ product: 1 });
    expect([pair(1), pair(0.5)]).toEqual([undefined, undefined]);
  });
});

describe("L-BFGS", () => {
  const quadratic = randomQuadratic(9, 40);

  it("goes where BFGS does from the same first matrix, while it remembers everything", () => {
    const transitions = wander(quadratic, 6, 100);
    const newest = curvaturePair(transitions.at(-1)!)!;
    let inverse = identity(9, newest.product / dot(newest.y, newest.y));
    for (const transition of transitions) {
      const { s, y, product } = curvaturePair(transition)!;
      inverse = bfgsUpdate(inverse, s, y, product);
    }
    const expected = matrixVector(inverse, negated(transitions.at(-1)!.to.gradient));
    expect(directionAfter(lbfgs({ history: 6 }), transitions)).toBeAllClose(expected, { relative: 1e-9 });
  });

  it("forgets what is older than its history", () => {
    const transitions = wander(quadratic, 6, 200);
    expect(directionAfter(lbfgs({ history: 2 }), transitions)).toEqual(directionAfter(lbfgs({ history: 2 }), transitions.slice(-2)));
    expect(directionAfter(lbfgs({ history: 3 }), transitions)).not.toEqual(directionAfter(lbfgs({ history: 2 }), transitions));
  });

  it("and BFGS take the same second step", () => {
    const transitions = wander(quadratic, 1, 300);
    expect(directionAfter(lbfgs(), transitions)).toBeAllClose(directionAfter(bfgs(), transitions), { relative: 1e-10 });
  });
});
