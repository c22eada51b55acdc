import type { Optimizer, Tensor } from "@opt/core";
import { applyUpdates, clone, compile, key, randomNormal, tensor, valueAndGrad } from "@opt/core";
import { adam, adamW, chain, clipByGlobalNorm, momentum, sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { describeOptimizer, fromPlain, readTree, toPlain } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { freeze, gradualUnfreezing, unfreezeFromTop } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { changedPaths, loss, model, moons, numbersOf, optimizers } from "./networks.ts";

const layers = ["layers[0]", "layers[1]", "layers[2]"];

describeOptimizer("gradualUnfreezing(adam) with everything released at once", (learningRate = 0.05) => gradualUnfreezing(adam({ learningRate }), [{ path: "", step: 0 }]));

/** The layers that each step of a run through fit changes. */
async function changesByStep(optimizer: Optimizer, steps: number): Promise<string[][]> {
  const changes: string[][] = [];
  let before = model.init(key(3));
  await fit({
    params: before,
    loss,
    optimizer,
    // One batch an epoch, so that every step is shown.
    batches: (epoch) => [...moons.epoch(epoch)].slice(0, 1),
    epochs: steps,
    onEpoch: ({ params }) => {
      changes.push([...new Set(changedPaths(before, params).map((path) => path.replace(/\..*/, "")))]);
      before = clone(params);
    },
  });
  return changes;
}

describe("gradualUnfreezing", () => {
  for (const [name, make] of Object.entries(optimizers)) {
    it(`thaws at the very step, and changes no bit before, under ${name} with weight decay`, async () => {
      const optimizer = gradualUnfreezing(make(), unfreezeFromTop({ paths: layers, every: 3 }));
      expect(await changesByStep(optimizer, 8)).toEqual([
        ["layers[2]"], ["layers[2]"], ["layers[2]"],
        ["layers[1]", "layers[2]"], ["layers[1]", "layers[2]"], ["layers[1]", "layers[2]"],
        layers, layers,
      ]);
    });
  }

  it("starts a fresh optimizer at the release: bias corrections and schedules count from there", () => {
    type Params = { readonly lower: Tensor; readonly upper: Tensor };
    const release = 7;
    const make = (): ReturnType<typeof chain> => chain(clipByGlobalNorm(1), adamW({ learningRate: (step) => 0.1 / (1 + step), weightDecay: 0.1 }));
    const gradual = gradualUnfreezing(make(), [{ path: "upper", step: 0 }, { path: "lower", step: release }]);
    const fresh = make();
    const gradients = (step: number): Params => ({ lower: randomNormal(key(step), [3], { dtype: "f64" }), upper: randomNormal(key(100 + step), [2], { dtype: "f64" }) });
    let params: Params = { lower: tensor([1, 2, 3], { dtype: "f64" }), upper: tensor([1, 2], { dtype: "f64" }) };
    let state = gradual.init(params);
    let reference = { lower: params.lower };
    let freshState = fresh.init(reference);
    for (let step = 0; step < 15; step++) {
      const result = gradual.update(gradients(step), state, params);
      [params, state] = [applyUpdates(params, result.updates), result.state];
      if (step >= release) {
        const expected = fresh.update({ lower: gradients(step).lower }, freshState, reference);
        [reference, freshState] = [applyUpdates(reference, expected.updates), expected.state];
      }
      expect(params.lower.readSync()).toEqual(reference.lower.readSync());
    }
  });

  it("recompiles nothing at a release", () => {
    let traces = 0;
    const optimizer = gradualUnfreezing(adam({ learningRate: 0.01 }), unfreezeFromTop({ paths: layers, every: 2 }));
    const step = compile((params: MlpParams, state: ReturnType<typeof optimizer.init>, batch: Parameters<typeof loss>[1]) => {
      traces++;
      const [, gradients] = valueAndGrad(loss)(params, batch);
      const { updates, state: next } = optimizer.update(gradients, state, params);
      return [applyUpdates(params, updates), next] as const;
    });
    const [batch] = moons.epoch(0);
    if (batch === undefined) throw new Error("no batch");
    let params = model.init(key(3));
    let state = optimizer.init(params);
    for (let count = 0; count < 6; count++) [params, state] = step(params, state, batch);
    expect(state.step).toBe(6);
    expect(traces).toBe(1);
  });

  it("goes on from a state that went through JSON", async () => {
    const optimizer = gradualUnfreezing(momentum({ learningRate: 0.1 }), unfreezeFromTop({ paths: layers, every: 3 }));
    const options = { loss, optimizer, batches: moons } as const;
    const whole = await fit({ ...options, params: model.init(key(3)), epochs: 4 });
    const half = await fit({ ...options, params: model.init(key(3)), epochs: 2 });
    const state = fromPlain(JSON.parse(JSON.stringify(toPlain(half.state))) as ReturnType<typeof toPlain>) as typeof half.state;
    const resumed = await fit({ ...options, params: half.params, state, epochs: 2, firstEpoch: 2 });
    expect(readTree([resumed.params, resumed.state])).toEqual(readTree([whole.params, whole.state]));
  });

  it("lets the longer path hold, and never releases at Infinity", async () => {
    const optimizer = gradualUnfreezing(sgd({ learningRate: 0.1 }), [
      { path: "", step: 1 },
      { path: "layers[0]", step: Infinity },
      { path: "layers[2].bias", step: 0 },
    ]);
    expect(await changesByStep(optimizer, 3)).toEqual([["layers[2]"], ["layers[1]", "layers[2]"], ["layers[1]", "layers[2]"]]);
  });

  it("is freeze where the others are never released", async () => {
    const never = [{ path: "", step: Infinity }, { path: "layers[2]", step: 0 }];
    const run = (optimizer: Optimizer): Promise<ReadonlyMap<string, readonly number[]>> =>
      fit({ params: model.init(key(3)), loss, optimizer, batches: moons, epochs: 3 }).then(({ params }) => numbersOf(params));
    expect(await run(gradualUnfreezing(adam(), never))).toEqual(await run(freeze(adam(), (path) => path.startsWith("layers[2]"))));
  });

  it("does not let a gradient that is not finite through before the release", () => {
    const params = { a: tensor([1]), b: tensor([1]) };
    const optimizer = gradualUnfreezing(adam(), [{ path: "a", step: 0 }, { path: "b", step: 1 }]);
    const { updates, state } = optimizer.update({ a: tensor([1]), b: tensor([NaN]) }, optimizer.init(params), params);
    expect(updates.b.readSync()).toEqual(Float32Array.of(-0));
    const second = optimizer.update({ a: tensor([1]), b: tensor([1]) }, state, params);
    expect(second.updates.b.item()).toBeCloseTo(-0.001, 8);
  });

  it("says what is wrong", async () => {
    const params = model.init(key(3));
    const make = (schedule: unknown, optimizer: unknown = sgd({ learningRate: 1 })): unknown => gradualUnfreezing(optimizer as ReturnType<typeof sgd>, schedule as []).init(params);
    expect(await mistake(() => make([{ path: "", step: 0 }], "adam"))).toMatchInlineSnapshot(`"option: gradualUnfreezing(optimizer, schedule): the optimizer must have the functions init and update; got "adam". Use for example adam() of @opt/first-order."`);
    expect(await mistake(() => make([]))).toMatchInlineSnapshot(`"option: gradualUnfreezing(optimizer, schedule): the schedule must list one or more { path, step }; got []."`);
    expect(await mistake(() => make([{ path: 3, step: 0 }]))).toMatchInlineSnapshot(`"option: gradualUnfreezing(optimizer, schedule): schedule[0].path must be a string; got 3."`);
    expect(await mistake(() => make([{ path: "", step: 1.5 }]))).toMatchInlineSnapshot(`"option: gradualUnfreezing({ schedule[0].step }): must be an integer ≥ 0; got 1.5."`);
    expect(await mistake(() => make([{ path: "", epoch: 1 }]))).toMatchInlineSnapshot(`"option: gradualUnfreezing(optimizer, schedule): schedule[0]({ epoch }): unknown option. Known options: path, step."`);
    expect(await mistake(() => make([{ path: "layer[0]", step: 0 }]))).toMatchInlineSnapshot(`"tree: gradualUnfreezing(optimizer, schedule): the parameters must have something at the path "layer[0]"; it does not. Did you mean "layers[0]"?"`);
    expect(await mistake(() => make([{ path: "encoder", step: 0 }]))).toMatchInlineSnapshot(`"tree: gradualUnfreezing(optimizer, schedule): the parameters must have something at the path "encoder"; it does not. Known paths: layers[0].weight, layers[0].bias, layers[1].weight, layers[1].bias, layers[2].weight, layers[2].bias."`);
    expect(await mistake(() => make([{ path: "layers[1]", step: 0 }]))).toMatchInlineSnapshot(`"option: gradualUnfreezing(optimizer, schedule): the schedule must cover every parameter; layers[0].weight is under none of its paths. Add { path: "", step: 0 } to train the others from the beginning, or step: Infinity for never."`);
    expect(await mistake(() => make([{ path: "", step: Infinity }]))).toMatchInlineSnapshot(`"option: gradualUnfreezing(optimizer, schedule): at least one parameter must be released; every step is Infinity."`);
  });
});

describe("unfreezeFromTop", () => {
  it("releases the topmost layer first", () => {
    expect(unfreezeFromTop({ paths: layers, every: 10, start: 5 })).toEqual([
      { path: "layers[0]", step: 25 },
      { path: "layers[1]", step: 15 },
      { path: "layers[2]", step: 5 },
    ]);
  });

  it("says what is wrong", async () => {
    expect(await mistake(() => unfreezeFromTop({ paths: [], every: 1 }))).toMatchInlineSnapshot(`"option: unfreezeFromTop({ paths }): must list different paths from the input's side to the output's, such as ["layers[0]", "layers[1]"]; got []."`);
    expect(await mistake(() => unfreezeFromTop({ paths: ["a", "a"], every: 1 }))).toMatchInlineSnapshot(`"option: unfreezeFromTop({ paths }): must list different paths from the input's side to the output's, such as ["layers[0]", "layers[1]"]; got ["a", "a"]."`);
    expect(await mistake(() => unfreezeFromTop({ paths: ["a"], every: 0 }))).toMatchInlineSnapshot(`"option: unfreezeFromTop({ every }): must be an integer ≥ 1; got 0."`);
    expect(await mistake(() => unfreezeFromTop({ paths: ["a"], every: 1, start: -1 }))).toMatchInlineSnapshot(`"option: unfreezeFromTop({ start }): must be an integer ≥ 0; got -1."`);
  });
});
