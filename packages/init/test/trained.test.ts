import { key, ones, tensor, zeros } from "@opt/core";
import { describe, expect, it } from "vitest";
import { initializeFrom, pretrained } from "../src/index.ts";

describe("pretrained", () => {
  const value = tensor([[1, 2], [3, 4]]);

  it("copies the value, in the dtype asked for", () => {
    const copy = pretrained(value)(key(1), [2, 2]);
    copy.dispose();
    expect(Array.from(value.readSync())).toEqual([1, 2, 3, 4]);
    expect(pretrained(value)(key(1), [2, 2], { dtype: "f64" }).readSync()).toEqual(Float64Array.of(1, 2, 3, 4));
  });

  it("names what does not fit", () => {
    expect(() => pretrained(value)(key(1), [4])).toThrowErrorMatchingInlineSnapshot(`[OptError: pretrained: the value has shape [2, 2]; the parameter must have it too, but is [4].]`);
    expect(() => pretrained([1, 2] as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: pretrained(value): must be a tensor; got [1, 2].]`);
  });
});

describe("initializeFrom", () => {
  const trained = { layers: [{ weight: tensor([[1, 2]]), bias: tensor([3, 4]) }, { weight: ones([2, 10]), bias: ones([10]) }], extra: ones([1]) };
  const fresh = () => ({ layers: [{ weight: zeros([1, 2]), bias: zeros([2], { dtype: "f64" }) }, { weight: zeros([2, 3]), bias: zeros([3]) }], head: zeros([2]) });

  it("takes what fits, and says what does not and why", () => {
    const start = fresh();
    const { params, taken, kept } = initializeFrom(trained, start);
    expect(taken).toEqual(["layers[0].weight"]);
    expect(kept).toMatchInlineSnapshot(`
      [
        {
          "path": "layers[0].bias",
          "reason": "the trained one is f32[2], this one f64[2]",
        },
        {
          "path": "layers[1].weight",
          "reason": "the trained one is f32[2, 10], this one f32[2, 3]",
        },
        {
          "path": "layers[1].bias",
          "reason": "the trained one is f32[10], this one f32[3]",
        },
        {
          "path": "head",
          "reason": "no counterpart at this path",
        },
      ]
    `);
    expect(Array.from(params.layers[0]?.weight.readSync() ?? [])).toEqual([1, 2]);
    expect(params.layers[1]?.weight).toBe(start.layers[1]?.weight);
    expect(params.head).toBe(start.head);
  });

  it("copies, so that training the one leaves the other", () => {
    const { params } = initializeFrom(trained, fresh());
    params.layers[0]?.weight.dispose();
    expect(Array.from(trained.layers[0]?.weight.readSync() ?? [])).toEqual([1, 2]);
  });

  it("is an error where nothing fits", () => {
    expect(() => initializeFrom({ weights: ones([1, 2]) }, { weight: zeros([1, 2]), bias: zeros([2]) })).toThrowErrorMatchingInlineSnapshot(`[OptError: initializeFrom(trained, fresh): nothing of the trained model fits. weight: no counterpart at this path; bias: no counterpart at this path. The trained model has weights.]`);
    expect(() => initializeFrom({ weight: ones([2, 1]) }, { weight: zeros([1, 2]) })).toThrowErrorMatchingInlineSnapshot(`[OptError: initializeFrom(trained, fresh): nothing of the trained model fits. weight: the trained one is f32[2, 1], this one f32[1, 2]. The trained model has weight.]`);
  });
});
