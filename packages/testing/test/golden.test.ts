import { describe, expect, it } from "vitest";
import { goldenTensors, readGolden } from "../src/index.ts";

const document = {
  header: { name: "tiny", algorithm: "sgd", library: "hand", version: "1", dtype: "f64", options: { learningRate: 0.5 } },
  initial: { x: [1, 2] },
  gradients: [{ x: [1, 1] }],
  parameters: [{ x: [0.5, 1.5] }],
};

describe("readGolden", () => {
  it("reads a trajectory and makes tensors", () => {
    const golden = readGolden(JSON.stringify(document));
    expect(golden.header.options).toEqual({ learningRate: 0.5 });
    const { x } = goldenTensors(golden.initial, golden.header.dtype);
    expect([x?.dtype, x?.shape]).toEqual(["f64", [2]]);
    expect(Array.from(x?.readSync() ?? [])).toEqual([1, 2]);
  });

  it("refuses what is no trajectory", () => {
    const read = (change: object): unknown => readGolden(JSON.stringify({ ...document, ...change }));
    expect(() => read({ header: 1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: readGolden: expected an object with a "header".]`);
    expect(() => read({ header: { ...document.header, dtype: "f16" } })).toThrowErrorMatchingInlineSnapshot(`[OptError: readGolden: tiny: the header's dtype must be "f32" or "f64".]`);
    expect(() => read({ parameters: [] })).toThrowErrorMatchingInlineSnapshot(`[OptError: readGolden: tiny: must hold "initial" and as many "gradients" as "parameters".]`);
  });
});
