import type { Optimizer, StateTree, Tensor } from "@opt/core";
import { applyUpdates, compile, explain, grad, key, tensor, treeMap, treePaths } from "@opt/core";
import { adam, chain, clipByGlobalNorm, sgd } from "@opt/first-order";
import type { MlpParams } from "@opt/nn";
import { describeOptimizer } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { freeze } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { changedPaths, loss, model, moons, numbersOf, optimizers } from "./networks.ts";

const onTop = (path: string): boolean => path.startsWith("layers[2]");

describeOptimizer("freeze(adam, everything trainable)", (learningRate = 0.05) => freeze(adam({ learningRate }), () => true));

describe("freeze", () => {
  for (const [name, make] of Object.entries(optimizers)) {
    it(`keeps frozen parameters bit for bit under ${name} with weight decay, through fit`, async () => {
      const start = model.init(key(3));
      const { params, status } = await fit({ params: start, loss, optimizer: freeze(make(), onTop), batches: moons, epochs: 5 });
      expect(status).toBe("completed");
      expect(changedPaths(start, params)).toEqual(["layers[2].weight", "layers[2].bias"]);
    });
  }

  it("trains the others as if they were alone", () => {
    type Params = { readonly a: Tensor; readonly b: Tensor };
    const bowl = ({ a, b }: Params): Tensor => a.sub(b).pow(2).sum().add(b.pow(4).sum());
    // With a frozen the loss of b alone; the clip must not count the gradient of a, nor the decay touch it.
    const make = (): ReturnType<typeof adam> => adam({ learningRate: 0.1, weightDecay: 0.01 });
    const clipped = freeze(chain(clipByGlobalNorm(0.5), make()), (path) => path === "b");
    const alone = chain(clipByGlobalNorm(0.5), make());
    const a = tensor([3, -2], { dtype: "f64" });
    let both: Params = { a, b: tensor([1, 1], { dtype: "f64" }) };
    let single = { b: tensor([1, 1], { dtype: "f64" }) };
    let bothState = clipped.init(both);
    let singleState = alone.init(single);
    for (let step = 0; step < 20; step++) {
      const first = clipped.update(grad(bowl)(both), bothState, both);
      const second = alone.update(grad(({ b }: { b: Tensor }) => bowl({ a, b }))(single), singleState, single);
      [both, bothState] = [applyUpdates(both, first.updates), first.state];
      [single, singleState] = [applyUpdates(single, second.updates), second.state];
    }
    expect(both.b.readSync()).toEqual(single.b.readSync());
    expect(both.a.readSync()).toEqual(Float64Array.of(3, -2));
  });

  it("keeps no state for frozen parameters", () => {
    const state = freeze(adam(), onTop).init(model.init(key(3)));
    expect(treePaths(state).filter((path) => path.includes("layers"))).toEqual([
      "[1].firstMoment.layers[2].weight", "[1].firstMoment.layers[2].bias", "[1].secondMoment.layers[2].weight", "[1].secondMoment.layers[2].bias",
    ]);
  });

  it("spares a compiled step the gradients of what is frozen below", () => {
    const [batch] = moons.epoch(0);
    const kernelsOf = (optimizer: Optimizer): number => {
      const step = compile((params: MlpParams, state: StateTree, at: typeof batch & object): [MlpParams, StateTree] => {
        const { updates, state: next } = optimizer.update(grad(loss)(params, at), state, params);
        return [applyUpdates(params, updates), next];
      });
      const params = model.init(key(3));
      step(params, optimizer.init(params), batch!);
      return Number.parseInt(explain(step).split("\n")[1] ?? "", 10);
    };
    expect(kernelsOf(freeze(adam(), onTop))).toBeLessThan(0.7 * kernelsOf(adam()));
  });

  it("keeps the sign of a zero", () => {
    const params = { a: tensor([-0, 0]), b: tensor(1) };
    const optimizer = freeze(sgd({ learningRate: 1 }), (path) => path === "b");
    const { updates } = optimizer.update({ a: tensor([7, 7]), b: tensor(1) }, optimizer.init(params), params);
    // Read first: the graph would take x + 0 for x.
    const read = treeMap((update) => tensor(update.readSync(), { shape: update.shape }), updates);
    const after = numbersOf(applyUpdates(params, read));
    expect(after.get("a")?.map((zero) => Object.is(zero, -0))).toEqual([true, false]);
    expect(after.get("b")).toEqual([0]);
  });

  it("asks which parameters by path and tensor", () => {
    const asked: string[] = [];
    const matrices = freeze(sgd({ learningRate: 1 }), (path, param) => {
      asked.push(`${path} [${param.shape.join(", ")}]`);
      return param.rank === 2;
    });
    const params = model.init(key(3));
    matrices.init(params);
    expect(asked).toEqual(["layers[0].weight [2, 5]", "layers[0].bias [5]", "layers[1].weight [5, 4]", "layers[1].bias [4]", "layers[2].weight [4, 2]", "layers[2].bias [2]"]);
  });

  it("says what is wrong", async () => {
    const params = { a: tensor([1]), b: tensor([2]) };
    expect(await mistake(() => freeze(null as never, () => true))).toMatchInlineSnapshot(`"option: freeze(optimizer, isTrainable): the optimizer must have the functions init and update; got null. Use for example adam() of @opt/first-order."`);
    expect(await mistake(() => freeze(sgd({ learningRate: 1 }), "a" as never))).toMatchInlineSnapshot(`"option: freeze(optimizer, isTrainable): isTrainable must be a function (path, param) => boolean; got "a"."`);
    expect(await mistake(() => freeze(sgd({ learningRate: 1 }), () => "yes" as never).init(params))).toMatchInlineSnapshot(`"option: freeze(optimizer, isTrainable): must return true or false for every parameter; got "yes" for a."`);
    expect(await mistake(() => freeze(sgd({ learningRate: 1 }), () => false).init(params))).toMatchInlineSnapshot(`"option: freeze(optimizer, isTrainable): at least one parameter must be trainable; got none of a, b."`);
  });
});
