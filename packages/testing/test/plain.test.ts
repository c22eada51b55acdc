import { Tensor, tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { fromPlain, readTree, toPlain } from "../src/index.ts";

describe("toPlain and fromPlain", () => {
  const state = [{ step: 3, moments: { first: tensor([[1, 2.5]]), second: tensor([0.1], { dtype: "f64" }) } }, tensor([7], { dtype: "i32" })] as const;

  it("make plain data", () => {
    expect(toPlain(state)).toEqual([
      {
        step: 3,
        moments: {
          first: { tensor: true, dtype: "f32", shape: [1, 2], values: [1, 2.5] },
          second: { tensor: true, dtype: "f64", shape: [1], values: [0.1] },
        },
      },
      { tensor: true, dtype: "i32", shape: [1], values: [7] },
    ]);
  });

  it("survive JSON and structuredClone", () => {
    const text = JSON.stringify(toPlain(state));
    expect(readTree(fromPlain(JSON.parse(text) as ReturnType<typeof toPlain>))).toEqual(readTree(state));
    expect(readTree(fromPlain(structuredClone(toPlain(state))))).toEqual(readTree(state));
    expect(fromPlain(toPlain(tensor([1])))).toBeInstanceOf(Tensor);
  });
});
