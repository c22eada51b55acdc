import type { Tensor } from "@opt/core";
import { key, tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import type { ContinuationOptions, SmoothedLossOptions } from "../../src/index.ts";
import { continuation, homotopy, smoothedLoss } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

type Untyped = Readonly<Record<string, unknown>>;
const loss = (x: Tensor): Tensor => x.pow(2).sum();
const solve = (_loss: unknown, x: Tensor): Tensor => x;
const params = tensor([1]);

describe("continuation refuses", () => {
  it("bad options of smoothedLoss", async () => {
    const smooth = (options: Untyped, of: unknown = loss): unknown => smoothedLoss(of as typeof loss, options as unknown as SmoothedLossOptions);
    expect(await Promise.all([
      () => smooth({ sigma: -1, key: key(1) }),
      () => smooth({ key: key(1) }),
      () => smooth({ sigma: 1 }),
      () => smooth({ sigma: 1, key: 7 }),
      () => smooth({ sigma: 1, key: key(1), samples: 0 }),
      () => smooth({ sigma: 1, key: key(1), samples: 3, antithetic: true }),
      () => smooth({ sigma: 1, key: key(1), antithetic: 1 }),
      () => smooth({ sigma: 1, key: key(1), draws: 3 }),
      () => smooth({ sigma: 1, key: key(1) }, 3),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: smoothedLoss({ sigma }): must be a number ≥ 0; got -1.",
        "option: smoothedLoss({ sigma }): must be a number ≥ 0; got undefined.",
        "option: smoothedLoss({ key }): must be a random key; got undefined. Use key(seed) of @opt/core.",
        "option: smoothedLoss({ key }): must be a random key; got 7. Use key(seed) of @opt/core.",
        "option: smoothedLoss({ samples }): must be an integer ≥ 1; got 0.",
        "option: smoothedLoss({ samples }): must be even with antithetic: true, because draws come in pairs; got 3.",
        "option: smoothedLoss({ antithetic }): must be false or true; got 1.",
        "option: smoothedLoss({ draws }): unknown option. Known options: sigma, samples, key, antithetic.",
        "option: smoothedLoss({ loss }): must be a function (params) => tensor; got 3.",
      ]
    `);
  });

  it("bad options of continuation", async () => {
    const follow = async (options: Untyped): Promise<unknown> => continuation({ solve, params, ...options } as unknown as ContinuationOptions<Tensor>);
    const smoothed = (): typeof loss => loss;
    expect(await Promise.all([
      async () => follow({ sigmas: [1, 0] }),
      async () => follow({ sigmas: [1, 0], loss, smoothed, key: key(1) }),
      async () => follow({ sigmas: [1, 0], smoothed: loss(params) }),
      async () => follow({ sigmas: [1, 0], smoothed, samples: 4 }),
      async () => follow({ sigmas: [1, 0], loss }),
      async () => follow({ sigmas: [], smoothed }),
      async () => follow({ sigmas: 1, smoothed }),
      async () => follow({ sigmas: [0, 1], smoothed }),
      async () => follow({ sigmas: [1, -1], smoothed }),
      async () => follow({ sigmas: () => 1, smoothed }),
      async () => follow({ sigmas: [1, 0], stages: 2, smoothed }),
      async () => follow({ sigmas: [1, 0], smoothed, solve: "sgd" }),
      async () => follow({ sigmas: [1, 0], smoothed, params: 1 }),
      async () => follow({ sigma: [1, 0], smoothed }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: continuation({ loss, smoothed }): needs exactly one of them; got none. Use smoothed where the blurred loss is known in closed form.",
        "option: continuation({ loss, smoothed }): needs exactly one of them; got both. Use smoothed where the blurred loss is known in closed form.",
        "option: continuation({ smoothed }): must be a function (sigma) => loss; got a value of class Tensor.",
        "option: continuation({ samples }): belongs to the Monte-Carlo blur of loss; smoothed draws nothing.",
        "option: continuation({ key }): must be a random key; got undefined. Use key(seed) of @opt/core.",
        "option: continuation({ sigmas }): must be a list of one or more numbers; got [].",
        "option: continuation({ sigmas }): must be a list of one or more numbers; got 1.",
        "option: continuation({ sigmas }): must not grow, because each stage starts where a more blurred one ended; got 0 and then 1.",
        "option: continuation({ sigmas[1] }): must be a number ≥ 0; got -1.",
        "option: continuation({ stages }): must be an integer ≥ 1; got undefined.",
        "option: continuation({ stages }): belongs to a schedule of sigmas; the list of sigmas already says how many stages there are.",
        "option: continuation({ solve }): must be a function (loss, params) => params; got "sgd".",
        "tree: continuation(params): must be a tree of one or more f32 or f64 tensors; got 1. Wrap numbers: tensor(value, { dtype: "f64" }).",
        "option: continuation({ sigma }): unknown option. Did you mean "sigmas"?",
      ]
    `);
  });

  it("bad options of homotopy", async () => {
    const follow = async (options: Untyped): Promise<unknown> => homotopy({ family: () => loss, solve, params, ...options });
    expect(await Promise.all([
      async () => follow({ family: loss(params) }),
      async () => follow({ path: [] }),
      async () => follow({ path: [0, Number.NaN] }),
      async () => follow({ solve: undefined }),
      async () => follow({ params: {} }),
      async () => follow({ sigmas: [1] }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: homotopy({ family }): must be a function (t) => loss; got a value of class Tensor.",
        "option: homotopy({ path }): must be a list of one or more numbers; got [].",
        "option: homotopy({ path[1] }): must be a finite number; got NaN.",
        "option: homotopy({ solve }): must be a function (loss, params) => params; got undefined.",
        "tree: homotopy(params): must be a tree of one or more f32 or f64 tensors; got an empty object. Wrap numbers: tensor(value, { dtype: "f64" }).",
        "option: homotopy({ sigmas }): unknown option. Did you mean "signal"?",
      ]
    `);
  });
});
