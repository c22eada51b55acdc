import { tensor } from "@opt/core";
import { leastSquaresProblemNamed, matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { backtracking, bfgs, fixedStep, methodNames, minimize, minimizeAsync, minimizeSteps, newton, quadraticStep, steepest, strongWolfe } from "../src/index.ts";
import type { Iterate, MinimizeOptions, PlainObjective } from "../src/index.ts";

expect.extend(matchers);

const bowl: PlainObjective = { value: ([x = 0]) => 0.5 * (x - 1) ** 2, gradient: ([x = 0]) => [x - 1], hessian: () => [1] };
const rosenbrock = leastSquaresProblemNamed("Rosenbrock");

function ending(objective: PlainObjective, x0: readonly number[], options: MinimizeOptions<Float64Array>): string {
  const { status, message } = minimize(objective, x0, options);
  return `${status} — ${message}`;
}

describe("how a minimization ends is a value, and says what to try", () => {
  it("converged", () => {
    expect([
      ending(bowl, [3], { method: { direction: newton(), search: fixedStep(1) } }),
      ending(bowl, [1], {}),
    ]).toMatchInlineSnapshot(`
      [
        "converged — converged: the largest element of the gradient, 0, is within the tolerance 0.000001.",
        "converged — converged: the largest element of the gradient, 0, is within the tolerance 0.000001 at x0 already, so no step was taken. It may be a maximum or a saddle point as well: try another x0.",
      ]
    `);
  });

  it("max-steps, aborted", () => {
    expect([
      ending(rosenbrock, rosenbrock.start, { maxSteps: 3 }),
      ending(rosenbrock, rosenbrock.start, { maxSteps: 0 }),
      ending(rosenbrock, rosenbrock.start, { signal: AbortSignal.abort() }),
    ]).toMatchInlineSnapshot(`
      [
        "max-steps — stopped after 3 steps with the gradient still at 1.49. Raise maxSteps, loosen the tolerance, or use another method.",
        "max-steps — stopped after 0 steps with the gradient still at 216. Raise maxSteps, loosen the tolerance, or use another method.",
        "aborted — aborted by the signal after 0 steps.",
      ]
    `);
  });

  it("stalled: rounding hides what is left", () => {
    // The square of no floating-point number is 2, so that the gradient never is 0.
    const offset: PlainObjective = { value: ([x = 0]) => 1e8 + (x * x - 2) ** 2 / 4, gradient: ([x = 0]) => [x * (x * x - 2)] };
    expect(methodNames.slice(0, 4).map((method) => ending(offset, [5], { tolerance: 0, method }))).toMatchInlineSnapshot(`
      [
        "stalled — the value can fall no further in its precision, with the gradient at 6.28e-16 and the tolerance 0. This is as good as it gets: loosen the tolerance, rescale the variables, or use f64.",
        "stalled — the value can fall no further in its precision, with the gradient at 6.28e-16 and the tolerance 0. This is as good as it gets: loosen the tolerance, rescale the variables, or use f64.",
        "stalled — the value can fall no further in its precision, with the gradient at 6.28e-16 and the tolerance 0. This is as good as it gets: loosen the tolerance, rescale the variables, or use f64.",
        "stalled — the value can fall no further in its precision, with the gradient at 6.28e-16 and the tolerance 0. This is as good as it gets: loosen the tolerance, rescale the variables, or use f64.",
      ]
    `);
  });

  it("not stalled: a fixed step that is too long climbs until values overflow", () => {
    const result = minimize(bowl, [3], { method: { direction: steepest(), search: fixedStep(2.5) }, maxSteps: 100 });
    expect(result.status).toBe("max-steps");
    expect(result.value).toBeGreaterThan(1e20);
    expect(minimize(bowl, [3], { method: { direction: steepest(), search: fixedStep(2.5) }, maxSteps: 2000 }).status).toBe("non-finite");
  });

  it("line-search-failed: a gradient that does not belong to the value; a function that is no convex quadratic", () => {
    const lying: PlainObjective = { value: ([x = 0]) => x ** 2, gradient: ([x = 0]) => [-2 * x] };
    const hill: PlainObjective = { value: ([x = 0]) => -(x ** 2), gradient: ([x = 0]) => [-2 * x], hessian: () => [-2] };
    expect([
      ending(lying, [1], { method: "bfgs" }),
      ending(lying, [1], { method: { direction: steepest(), search: backtracking() } }),
      ending(hill, [1], { method: { direction: steepest(), search: quadraticStep() } }),
    ]).toMatchInlineSnapshot(`
      [
        "line-search-failed — strongWolfe() failed: no step length fulfilled its conditions; the gradient is at 2. Check the gradient (finite differences), rescale the variables, or use another search.",
        "line-search-failed — backtracking() failed: no step length fulfilled its conditions; the gradient is at 2. Check the gradient (finite differences), rescale the variables, or use another search.",
        "line-search-failed — quadraticStep() failed: the function curves downward along the direction, so that it is no convex quadratic; the gradient is at 2. Use strongWolfe() instead.",
      ]
    `);
  });

  it("direction-failed: Newton's direction where the function is not convex", () => {
    const hill: PlainObjective = { value: ([x = 0]) => Math.cos(x), gradient: ([x = 0]) => [-Math.sin(x)], hessian: ([x = 0]) => [-Math.cos(x)] };
    expect(ending(hill, [0.1], { method: { direction: newton(), search: backtracking() } })).toMatchInlineSnapshot(`"direction-failed — newton() points uphill here (slope 0.01), because the function is not convex there. Use newton({ regularization: "automatic" }), saddleFreeNewton() or bfgs()."`);
  });

  it("non-finite: at the start, on the way, along a whole line, in the gradient, in the Hessian, in the direction", () => {
    const hole: PlainObjective = { value: ([x = 0]) => Math.sqrt(x), gradient: ([x = 0]) => [0.5 / Math.sqrt(x)] };
    const island: PlainObjective = { value: ([x = 0]) => (x === 1 ? 1 : Number.NaN), gradient: () => [1], hessian: () => [1] };
    const noSlope: PlainObjective = { value: ([x = 0]) => x ** 2, gradient: ([x = 0]) => [x === 1 ? 2 : Number.NaN] };
    const noBend: PlainObjective = { ...bowl, hessian: () => [Number.NaN] };
    expect([
      ending(hole, [-1], {}),
      ending(noSlope, [2], {}),
      ending(island, [1], {}),
      ending(island, [1], { method: { direction: newton(), search: fixedStep(1) } }),
      ending(noSlope, [1], { method: { direction: steepest(), search: backtracking() } }),
      ending(noBend, [3], { method: "newton" }),
      ending(bowl, [3], { method: { direction: { ...steepest(), propose: () => ({ kind: "go", direction: Float64Array.of(Number.NaN), state: null }) }, search: strongWolfe() } }),
    ]).toMatchInlineSnapshot(`
      [
        "non-finite — the value (NaN) at x0 is not finite. Start from a point where the function is defined.",
        "non-finite — the gradient at x0 is not finite. Start from a point where the function is defined.",
        "non-finite — strongWolfe() met only infinities and NaN along the direction, however short the steps were. Check the function near the last x, or shorten fixed steps.",
        "non-finite — fixedStep() met only infinities and NaN along the direction, however short the steps were. Check the function near the last x, or shorten fixed steps.",
        "non-finite — the gradient is not finite at the point that step 1 led to. Check the derivatives there, or use a search that looks at gradients, such as strongWolfe().",
        "non-finite — the Hessian that newton needs has infinite or NaN elements. Check the function's second derivatives there, or start elsewhere.",
        "non-finite — the direction of steepest() has infinite or NaN elements. Rescale the variables, or start elsewhere.",
      ]
    `);
  });

  it("unbounded: a value that falls forever, or reaches −∞", () => {
    const plane: PlainObjective = { value: ([x = 0]) => -x, gradient: () => [-1] };
    const well: PlainObjective = { value: ([x = 0]) => (x > 2 ? Number.NEGATIVE_INFINITY : -x), gradient: () => [-1] };
    expect([ending(plane, [0], { method: "bfgs" }), ending(well, [0], {}), ending(well, [3], {})]).toMatchInlineSnapshot(`
      [
        "unbounded — the value falls without bound. Was the function to be maximized? Then minimize its negative; else bound it, for example by a penalty.",
        "unbounded — the value falls without bound. Was the function to be maximized? Then minimize its negative; else bound it, for example by a penalty.",
        "unbounded — the value falls without bound. Was the function to be maximized? Then minimize its negative; else bound it, for example by a penalty.",
      ]
    `);
  });
});

describe("a NaN inside a line search", () => {
  /** `x − ln x`, which is NaN for x < 0 and least at 1. */
  const barrier: PlainObjective = { value: ([x = 0]) => x - Math.log(x), gradient: ([x = 0]) => [1 - 1 / x] };

  for (const search of [strongWolfe(), backtracking()]) {
    it(`counts as too far for ${search.name}, which comes back`, () => {
      let holes = 0;
      const watched: PlainObjective = {
        ...barrier,
        value: (x) => {
          const value = barrier.value(x);
          if (Number.isNaN(value)) holes++;
          return value;
        },
      };
      // Far out the slope is nearly 1 and the curvature nearly 0, so that BFGS's first guesses overshoot.
      const result = minimize(watched, [60], { method: { direction: bfgs(), search } });
      expect(holes).toBeGreaterThan(0);
      expect(result.status).toBe("converged");
      expect(result.x).toBeAllClose([1], { relative: 1e-5 });
    });
  }

  it("with steps that cannot be shortened ends the run at the last good point", () => {
    const result = minimize(barrier, [3], { method: { direction: steepest(), search: fixedStep(10) } });
    expect(result).toMatchObject({ status: "non-finite", steps: 0, x: Float64Array.of(3), value: barrier.value(Float64Array.of(3)) });
  });
});

describe("the forms of a run", () => {
  const method = "bfgs";

  it("step by step: pauses between steps, and stops for good when the caller does", () => {
    let evaluations = 0;
    const counted: PlainObjective = { ...rosenbrock, value: (x) => {
      evaluations++;
      return rosenbrock.value(x);
    } };
    const steps = minimizeSteps(counted, rosenbrock.start, { method });
    expect(evaluations).toBe(0);
    const seen: Iterate<Float64Array>[] = [];
    for (const iterate of steps) {
      expect(iterate.evaluations.value).toBe(evaluations);
      seen.push(iterate);
      if (iterate.step === 4) break;
    }
    expect(seen.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    expect(steps.next()).toEqual({ done: true, value: undefined });
    expect(seen[0]!.stepLength).toBe(0);
    expect(seen.slice(1).every(({ stepLength }) => stepLength > 0)).toBe(true);
  });

  it("yields trees for a function of trees", () => {
    const objective = ({ point }: { point: ReturnType<typeof tensor> }): ReturnType<typeof tensor> => point.sub(1).pow(2).sum();
    const points = [...minimizeSteps(objective, { point: tensor([[3], [4]], { dtype: "f64" }) }, { method })].map(({ x }) => x.point);
    expect(points[0]).toBeAllClose([[3], [4]]);
    expect(points.at(-1)).toBeAllClose([[1], [1]], { absolute: 1e-6 });
  });

  it("asynchronously: the same numbers, with turns for other work", async () => {
    const expected = minimize(rosenbrock, rosenbrock.start, { method });
    expect(await minimizeAsync(rosenbrock, rosenbrock.start, { method })).toEqual(expected);
    const controller = new AbortController();
    const slow: PlainObjective = { ...rosenbrock, value: (x) => {
      const until = performance.now() + 10;
      while (performance.now() < until);
      return rosenbrock.value(x);
    } };
    setTimeout(() => controller.abort(), 60);
    const result = await minimizeAsync(slow, rosenbrock.start, { method, signal: controller.signal });
    expect(result.status).toBe("aborted");
    expect(result.steps).toBeGreaterThan(0);
    expect(result.steps).toBeLessThan(expected.steps);
  });

  it("asynchronously reports mistakes as rejections", async () => {
    await expect(minimizeAsync(rosenbrock, [], { method })).rejects.toThrow("minimize: x0: must be a Float64Array or an array of one or more numbers");
  });

  it("passes on what the objective and the callback throw", () => {
    const broken: PlainObjective = { value: () => {
      throw new Error("no data");
    } };
    expect(() => minimize(broken, [1])).toThrow("no data");
    expect(() => minimize(bowl, [3], { callback: () => {
      throw new Error("enough");
    } })).toThrow("enough");
  });
});
