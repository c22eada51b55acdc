import type { Tensor } from "@opt/core";
import { tensor } from "@opt/core";
import { adam, momentum, sgd } from "@opt/first-order";
import { matchers } from "@opt/testing";
import { expect, it } from "vitest";
import { solveWith } from "../src/index.ts";
import { mistake } from "./mistake.ts";

expect.extend(matchers);

const loss = ({ a, b }: { a: Tensor; b: Tensor }): Tensor => a.sub(3).pow(2).sum().add(b.add(1).pow(2).sum());
const start = { a: tensor([0, 1]), b: tensor(2) };

it("takes the steps of the optimizer: two of momentum, by hand", () => {
  const { b } = solveWith({ optimizer: momentum({ learningRate: 0.1, momentum: 0.5 }), steps: 2 })(loss, start);
  // Gradients 6 and 4.8; velocities 6 and 3 + 4.8.
  expect(b).toBeAllClose(2 - 0.6 - 0.78);
});

it("begins each call with a fresh state, and leaves its start alone", () => {
  const solve = solveWith({ optimizer: adam({ learningRate: 0.1 }), steps: 5 });
  const [first, second] = [solve(loss, start), solve(loss, start)];
  expect(second.a).toBeAllClose(first.a, { relative: 0 });
  expect(start.a).toBeAllClose([0, 1]);
});

it("refuses what is no optimizer, and no number of steps", async () => {
  const untyped = (options: unknown): unknown => solveWith(options as Parameters<typeof solveWith>[0]);
  const optimizer = sgd({ learningRate: 1 });
  const messages = [() => untyped({ steps: 3 }), () => solveWith({ optimizer, steps: 0 }), () => untyped({ optimizer, step: 3 })];
  expect(await Promise.all(messages.map(mistake))).toMatchInlineSnapshot(`
    [
      "option: solveWith({ optimizer }): must have the functions init and update; got undefined.",
      "option: solveWith({ steps }): must be an integer ≥ 1; got 0.",
      "option: solveWith({ step }): unknown option. Did you mean "steps"?",
    ]
  `);
});
