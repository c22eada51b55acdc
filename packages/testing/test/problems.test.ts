import { treeMap } from "@opt/core";
import { describe, expect, it } from "vitest";
import { checkGradients, matchers, problemNamed, problems } from "../src/index.ts";

expect.extend(matchers);

describe("the problems", () => {
  it("start from known values", () => {
    expect(problems.map((problem) => [problem.name, problem.loss(problem.start("f64")).item()])).toEqual([
      ["bowl", expect.closeTo(9.625, 10)],
      ["ill-conditioned bowl", expect.closeTo(63.5, 10)],
      ["Rosenbrock", expect.closeTo(24.2, 10)],
    ]);
  });

  it("have right derivatives at their starts", () => {
    for (const problem of problems) checkGradients((params) => problem.loss(params), problem.start("f64"));
  });

  it("are least at 0", () => {
    const rosenbrock = problemNamed("Rosenbrock");
    const ones = treeMap((leaf) => leaf.mul(0).add(1), rosenbrock.start("f64"));
    expect(rosenbrock.loss(ones)).toBeAllClose(0);
    const bowl = problemNamed("ill-conditioned bowl");
    const zeros = treeMap((leaf) => leaf.mul(0), bowl.start("f64"));
    expect(bowl.loss(zeros)).toBeAllClose(0);
  });
});
