import { readFileSync } from "node:fs";
import { hessian, tensor, valueAndGrad } from "@opt/core";
import { describe, expect, it } from "vitest";
import { leastSquaresProblemNamed, leastSquaresProblems, matchers } from "../src/index.ts";

expect.extend(matchers);

interface Reference {
  readonly name: string;
  readonly start: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
  readonly hessian: readonly number[] | null;
}

const file = new URL("../../../tooling/golden/data/second-order/scipy.json", import.meta.url);
const references = (JSON.parse(readFileSync(file, "utf8")) as { problems: readonly Reference[] }).problems;

describe("the sums of squares", () => {
  it("are those that the reference minimized", () => {
    expect(leastSquaresProblems.map(({ name }) => name)).toEqual(references.map(({ name }) => name));
  });

  for (const [index, problem] of leastSquaresProblems.entries()) {
    const { name, start, minimizer, tensorValue } = problem;

    it(`${name}: starts where the reference does, with its derivatives`, () => {
      const reference = references[index]!;
      const x = Float64Array.from(start);
      expect(start).toEqual(reference.start);
      expect(problem.value(x)).toBeAllClose(reference.value, { relative: 1e-12 });
      expect(problem.gradient(x)).toBeAllClose(reference.gradient, { relative: 1e-12 });
      if (reference.hessian !== null) expect(problem.hessian(x)).toBeAllClose(reference.hessian, { relative: 1e-12 });
    });

    it(`${name}: is 0 at its minimizer, with a gradient of 0`, () => {
      const x = Float64Array.from(minimizer);
      expect(problem.value(x)).toBeLessThan(1e-30);
      expect(problem.gradient(x)).toBeAllClose(0, { absolute: 1e-9 });
    });

    it(`${name}: has the same derivatives in both forms`, () => {
      const x = Float64Array.from(start, (element, position) => element + 0.1 * Math.cos(position));
      const [value, gradient] = valueAndGrad(tensorValue)(tensor(x));
      expect(value).toBeAllClose(problem.value(x), { relative: 1e-12 });
      expect(gradient).toBeAllClose(problem.gradient(x), { relative: 1e-12 });
      expect(hessian(tensorValue)(tensor(x)).readSync()).toBeAllClose(problem.hessian(x), { relative: 1e-12, absolute: 1e-9 });
    });
  }

  it("are found by name", () => {
    expect(leastSquaresProblemNamed("Wood").start).toEqual([-3, -1, -3, -1]);
    const unknown = "Woods" as unknown as "Wood";
    expect(() => leastSquaresProblemNamed(unknown)).toThrow("leastSquaresProblemNamed(name): must be one of Rosenbrock, Brown badly scaled");
  });
});
