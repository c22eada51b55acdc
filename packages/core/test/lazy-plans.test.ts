import { describe, expect, it } from "vitest";
import { planFor } from "../src/compile/lazy-plans.ts";
import type { LazyPlan } from "../src/compile/lazy-plans.ts";
import { defaultBackend } from "../src/compile/backends.ts";
import type { Tensor } from "../src/index.ts";
import { evaluate, key, randomUniform, tensor } from "../src/index.ts";

function planOf(...tensors: readonly Tensor[]): LazyPlan {
  return planFor(tensors, defaultBackend(), (traced) => { throw new Error(String(traced)); }).plan;
}

const elements = (x: Tensor): number[] => [...x.readSync()];

describe("graphs built without compile", () => {
  it("settle on one plan when a number in them changes from round to round", () => {
    let x = tensor([1, 2, 3]);
    const used: LazyPlan[] = [];
    for (let round = 1; round <= 5; round++) {
      // 0.5 stays, the factor changes, and 3 is sometimes equal to it.
      const next = x.mul(1 + round / 8).add(0.5).sub(3);
      used.push(planOf(next));
      evaluate(next);
      x = next;
    }
    let expected = [1, 2, 3];
    for (let round = 1; round <= 5; round++) expected = expected.map((value) => value * (1 + round / 8) + 0.5 - 3);
    expect(elements(x)).toEqual(expected);
    expect(used[1]).not.toBe(used[0]);
    expect(new Set(used.slice(1)).size).toBe(1);
    expect(used[1]?.slots).toHaveLength(1);
  });

  it("use the numbers of this round, not of the one that made the plan", () => {
    const x = tensor([1, 2]);
    for (const factor of [2, 5, 7, 2]) expect(elements(x.mul(factor).add(1))).toEqual([factor + 1, 2 * factor + 1]);
    for (const factor of [2, 3, -0, 0]) expect(elements(tensor([1, -1]).mul(factor))).toEqual([factor, -factor]);
  });

  it("tell equal numbers in two places from different ones", () => {
    const of = (a: number, b: number): number[] => elements(tensor([10]).mul(a).add(b));
    expect([of(2, 3), of(3, 3), of(4, 4), of(4, 5)]).toEqual([[23], [33], [44], [45]]);
  });

  it("tell dtypes, shapes, attributes and shared operands apart", () => {
    const make = (dtype: "f32" | "f64", shape: readonly number[]): Tensor => tensor(Float64Array.of(1, 2, 3, 4), { shape, dtype });
    expect(elements(make("f32", [2, 2]).sum(0))).toEqual([4, 6]);
    expect(elements(make("f32", [2, 2]).sum(1))).toEqual([3, 7]);
    expect(elements(make("f64", [2, 2]).sum(1))).toEqual([3, 7]);
    expect(elements(make("f64", [4, 1]).sum(1))).toEqual([1, 2, 3, 4]);
    const [a, b] = [tensor([1, 2]), tensor([3, 5])];
    expect([elements(a.mul(b)), elements(a.mul(a)), elements(b.sub(a)), elements(a.sub(b))]).toEqual([[3, 10], [1, 4], [2, 3], [-2, -3]]);
  });

  it("draw by the key of this round", () => {
    const draws = [1, 2, 1].map((seed) => elements(randomUniform(key(seed), [3])));
    expect(draws[2]).toEqual(draws[0]);
    expect(draws[1]).not.toEqual(draws[0]);
  });
});
