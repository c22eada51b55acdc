import type { Optimizer } from "@opt/core";
import { tensor } from "@opt/core";
import { sgd } from "@opt/first-order";
import { describe, expect, it } from "vitest";
import type { PolyakAverage, SwapInOptions, TrainedModel } from "../../src/index.ts";
import { averagedParameters, averageEpochs, polyakAverage, swapIn, withAverage } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

describe("averaging refuses", () => {
  it("bad options of polyakAverage", async () => {
    const average = (options: Readonly<Record<string, unknown>>): unknown => polyakAverage(options);
    expect(await Promise.all([
      () => average({ kind: "ema" }),
      () => average({ kind: "Mean" }),
      () => average({ decay: 0.9 }),
      () => average({ kind: "exponential", fraction: 0.5 }),
      () => average({ kind: "exponential", decay: 1 }),
      () => average({ kind: "exponential", debias: "yes" }),
      () => average({ kind: "polynomial", power: -1 }),
      () => average({ kind: "tail", fraction: 1 }),
      () => average({ start: -1 }),
      () => average({ begin: 3 }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: polyakAverage({ kind }): must be "mean" or "exponential" or "polynomial" or "tail"; got "ema".",
        "option: polyakAverage({ kind }): must be "mean" or "exponential" or "polynomial" or "tail"; got "Mean". Did you mean "mean"?",
        "option: polyakAverage({ decay }): belongs to kind: "exponential", but kind is "mean". Leave it out, or choose that kind.",
        "option: polyakAverage({ fraction }): belongs to kind: "tail", but kind is "exponential". Leave it out, or choose that kind.",
        "option: polyakAverage({ decay }): must be in [0, 1); got 1.",
        "option: polyakAverage({ debias }): must be false or true; got "yes".",
        "option: polyakAverage({ power }): must be a number ≥ 0; got -1.",
        "option: polyakAverage({ fraction }): must be in (0, 1); got 1.",
        "option: polyakAverage({ start }): must be an integer ≥ 0; got -1.",
        "option: polyakAverage({ begin }): unknown option. Known options: kind, start, decay, debias, power, fraction.",
      ]
    `);
  });

  it("parameters that are none, and states of another average", async () => {
    const mean = polyakAverage();
    const tail = polyakAverage({ kind: "tail" });
    const trained = withAverage(sgd({ learningRate: 1 }), mean).init({ w: tensor([1]) });
    expect(await Promise.all([
      () => mean.init({}),
      () => mean.init(tensor([1], { dtype: "i32" })),
      () => tail.update(mean.init(tensor([1])), tensor([2])),
      () => mean.update(mean.init({ a: tensor([1]) }), { b: tensor([1]) } as never),
      () => averagedParameters(trained, { v: tensor([1]) }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "tree: polyakAverage.init(params): must be a tree of one or more f32 or f64 tensors; got an empty object. Wrap numbers: tensor(value, { dtype: "f64" }).",
        "tree: polyakAverage.init(params): must be a tree of one or more f32 or f64 tensors; got a tensor of dtype i32. Wrap numbers: tensor(value, { dtype: "f64" }).",
        "tree: polyakAverage({ kind: "tail" }): the state has no "tail": it belongs to an average of another kind. Use the state that init of this average made.",
        "tree: polyakAverage.update(params): must have the structure of state.average; a is missing.",
        "tree: averagedParameters(state): must have the structure of the parameters; v is missing.",
      ]
    `);
  });

  it("what is no optimizer and no average", async () => {
    const [optimizer, average] = [sgd({ learningRate: 1 }), polyakAverage()];
    expect(await Promise.all([
      () => withAverage(sgd as unknown as Optimizer, average),
      () => withAverage(optimizer, polyakAverage as unknown as PolyakAverage),
      () => averageEpochs({} as PolyakAverage, { params: tensor([1]) }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: withAverage(optimizer): must have the functions init and update; got a function.",
        "option: withAverage(average): must have the functions init, update and parameters; got a function. Use polyakAverage().",
        "option: averageEpochs(average): must have the functions init, update and parameters; got an empty object. Use polyakAverage().",
      ]
    `);
  });

  it("to swap what does not fit", async () => {
    const trained = { params: { w: tensor([1]) }, variables: {} };
    const swap = async (averaged: unknown, options: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
      swapIn(trained as TrainedModel, averaged as TrainedModel["params"], options as SwapInOptions<TrainedModel["params"], TrainedModel["variables"]>);
    expect(await Promise.all([
      async () => swap({ v: tensor([1]) }),
      async () => swap({ w: tensor([1]) }, { refresh: true }),
      async () => swap({ w: tensor([1]) }, { recalibrate: () => ({}) }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "tree: swapIn(averaged): must have the structure of trained.params; w is missing.",
        "option: swapIn({ refresh }): must be a function (averaged) => variables; got true.",
        "option: swapIn({ recalibrate }): unknown option. Known options: refresh.",
      ]
    `);
  });
});
