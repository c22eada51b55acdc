import { square, tensor } from "@opt/core";
import { sgd } from "@opt/first-order";
import { expect, it } from "vitest";
import { descend } from "../../src/chapter/descend.ts";

it("descend yields the start and the point after each step, and leaves the start alone", () => {
  const start = tensor([1, -2]);
  const visited: number[][] = [];
  for (const { step, params } of descend((x: typeof start) => square(x).sum(), start, sgd({ learningRate: 0.25 }))) {
    visited.push([step, ...params.readSync()]);
    if (step === 2) break;
  }
  expect(visited).toEqual([
    [0, 1, -2],
    [1, 0.5, -1],
    [2, 0.25, -0.5],
  ]);
  expect(Array.from(start.readSync())).toEqual([1, -2]);
});

it("descend tells the loss its step", () => {
  const path = descend((x, step) => x.mul(step).sum(), tensor([0]), sgd({ learningRate: 1 }));
  const places = Array.from({ length: 4 }, () => path.next().value.params.item());
  expect(places).toEqual([0, 0, -1, -3]);
});
