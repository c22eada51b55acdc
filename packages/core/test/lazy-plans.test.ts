import { describe, expect, it } from "vitest";
import { planFor } from "../src/compile/lazy-plans.ts";
import type { LazyPlan } from "../src/compile/lazy-plans.ts";
import { defaultBackend } from "../src/compile/backends.ts";
import type { Tensor } from "../src/index.ts";
import { evaluate, full, key, randomUniform, tensor, zeros } from "../src/index.ts";
import { usedBytes } from "./used-bytes.ts";

function planOf(...tensors: readonly Tensor[]): LazyPlan {
  return planFor(tensors, defaultBackend(), [], (traced) => { throw new Error(String(traced)); }).plan;
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

describe("evaluate({ donate })", () => {
  const large = (value: number): Tensor => full([64, 33], value);

  it("updates in place what is replaced, in a loop of one plan and without more memory", () => {
    let [params, momenta] = [large(1), large(0)];
    const used: LazyPlan[] = [];
    const bytes: number[] = [];
    for (let round = 0; round < 6; round++) {
      const next = momenta.mul(0.5).add(params);
      const updated = params.sub(next.mul(0.25));
      evaluate([updated, next], { donate: [params, momenta] });
      [params, momenta] = [updated, next];
      bytes.push(usedBytes());
      used.push(planOf(params.add(1)));
    }
    let [position, momentum] = [1, 0];
    for (let round = 0; round < 6; round++) {
      momentum = Math.fround(momentum / 2 + position);
      position = Math.fround(position - momentum / 4);
    }
    expect(elements(params)).toEqual(Array.from({ length: 64 * 33 }, () => position));
    expect(new Set(bytes.slice(2)).size).toBe(1);
  });

  it("does not take a second result for a donation", () => {
    // The numbers are such that the second result is the third tensor of the graph, and what is donated its third source.
    const graph = (): readonly [Tensor, Tensor, Tensor] => {
      const sources = [full([2000], 5), full([2000], 1), full([2000], 10)] as const;
      evaluate(sources);
      const [factor, a, b] = sources;
      const total = a.add(b);
      return [factor, total, factor.mul(total)];
    };
    const [donated, , product] = graph();
    evaluate(product, { donate: donated });
    const [kept, total, again] = graph();
    evaluate([again, total]);
    expect([again, total, kept].map((x) => elements(x).at(-1))).toEqual([55, 11, 5]);
  });

  it("makes what was donated unreadable, and says why", () => {
    const x = large(2);
    evaluate(x);
    const doubled = x.mul(2);
    evaluate(doubled, { donate: x });
    expect(() => x.readSync()).toThrow(expect.objectContaining({ code: "donated" }));
    expect(() => x.add(1).readSync()).toThrow(/evaluate/);
    expect(doubled.readSync()[0]).toBe(4);
  });

  it("keeps what is a result itself, what others have as well, and what a result needs later", () => {
    const x = large(3);
    const view = x.reshape([33, 64]);
    evaluate([x, view]);
    const [sum, squared] = [x.sum(), x.mul(x)];
    evaluate([x, sum, squared], { donate: { x } });
    expect([x.readSync()[0], sum.item(), squared.readSync()[5]]).toEqual([3, 3 * 64 * 33, 9]);
    const more = x.add(1);
    evaluate(more, { donate: [x] });
    expect([view.readSync()[7], more.readSync()[7]]).toEqual([3, 4]);
  });

  it("computes elements that are read elsewhere before they are overwritten", () => {
    const a = tensor(Array.from({ length: 6 }, (_, row) => Array.from({ length: 6 }, (_each, column) => row * 6 + column)));
    evaluate(a);
    const before = elements(a);
    const [next, product] = [a.transpose().add(1), a.matmul(a)];
    const expected = [elements(next.mul(1)), elements(product.mul(1))];
    const [again, productAgain] = [a.transpose().add(1), a.matmul(a)];
    evaluate([again, productAgain], { donate: a });
    expect([elements(again), elements(productAgain)]).toEqual(expected);
    expect(elements(next)).not.toEqual(before);
  });

  it("gives back what no result fits, takes numbers and what is not computed yet, and knows its options", () => {
    const [x, unused] = [large(1), full([5000], 1)];
    evaluate([x, unused]);
    const held = usedBytes();
    const total = x.sum();
    evaluate([total, 3], { donate: [x, unused, 1, zeros([4])] });
    expect(usedBytes()).toBeLessThan(held);
    expect(total.item()).toBe(64 * 33);
    expect(() => unused.readSync()).toThrow(expect.objectContaining({ code: "donated" }));
    expect(() => evaluate(total, { donated: [] } as object)).toThrow(/Did you mean "donate"/);
  });
});
