import { key, tensor, treeMap } from "@opt/core";
import { adam, chain, sgd } from "@opt/first-order";
import { describe, expect, it } from "vitest";
import { layerwiseDecay } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { model, numbersOf } from "./networks.ts";

describe("layerwiseDecay", () => {
  it("gives each layer its own rate, and leaves others alone", () => {
    const params = { layers: [{ w: tensor([1, 1]) }, { w: tensor([1]) }, { w: tensor([1]) }], scale: tensor(1) };
    const optimizer = chain(sgd({ learningRate: 0.5 }), layerwiseDecay({ paths: ["layers[0]", "layers[1]", "layers[2]"], decay: 0.25 }));
    const { updates } = optimizer.update(treeMap((param) => param.mul(2), params), optimizer.init(params), params);
    // ε g = 1, times 1/16, 1/4, 1.
    expect([...numbersOf(updates)]).toEqual([["layers[0].w", [-0.0625, -0.0625]], ["layers[1].w", [-0.25]], ["layers[2].w", [-1]], ["scale", [-1]]]);
  });

  it("says what is wrong", async () => {
    const params = model.init(key(1));
    expect(await mistake(() => layerwiseDecay({ paths: ["layers[0]"], decay: 0 }))).toMatchInlineSnapshot(`"option: layerwiseDecay({ decay }): must be in (0, 1]; got 0."`);
    expect(await mistake(() => layerwiseDecay({ paths: "layers[0]" as never, decay: 0.5 }))).toMatchInlineSnapshot(`"option: layerwiseDecay({ paths }): must list different paths from the input's side to the output's, such as ["layers[0]", "layers[1]"]; got "layers[0]"."`);
    expect(await mistake(() => chain(adam(), layerwiseDecay({ paths: ["layers[3]"], decay: 0.5 })).init(params))).toMatchInlineSnapshot(`"tree: layerwiseDecay({ paths }): the parameters must have something at the path "layers[3]"; it does not. Did you mean "layers[0]"?"`);
  });
});
