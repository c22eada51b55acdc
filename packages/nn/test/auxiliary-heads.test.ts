import type { NestedNumbers, Tensor } from "@opt/core";
import { compile, key, tensor, treePaths, valueAndGrad, zeros } from "@opt/core";
import { describe, expect, it } from "vitest";
import type { DenseParams } from "../src/index.ts";
import { auxiliaryHeads, auxiliaryLoss, dense, meanSquaredError, mlp, softmaxCrossEntropy } from "../src/index.ts";
import { expectClose, f64, tensorsOf } from "./close.ts";
import { goldenCases } from "./golden.ts";

interface LayerNumbers {
  readonly weight: NestedNumbers;
  readonly bias: NestedNumbers;
}

interface HeadsCase {
  readonly trunk: readonly LayerNumbers[];
  readonly heads: Readonly<Record<"layers[0]" | "layers[2]", LayerNumbers>>;
  readonly inputs: NestedNumbers;
  readonly labels: NestedNumbers;
  readonly weight: number;
  readonly output: NestedNumbers;
  readonly auxiliary: readonly NestedNumbers[];
  readonly loss: number;
  readonly trunkGradients: readonly LayerNumbers[];
  readonly headGradients: HeadsCase["heads"];
}

const trunk = mlp({ sizes: [4, 6, 6, 6, 3], activation: "tanh" });
const model = auxiliaryHeads(trunk, { "layers[0]": dense({ inputs: 6, outputs: 3 }), "layers[2]": dense({ inputs: 6, outputs: 3 }) });
type Params = ReturnType<typeof model.init>;

const layer = (numbers: LayerNumbers): DenseParams => tensorsOf<"weight" | "bias">({ ...numbers });
const paramsOf = (layers: readonly LayerNumbers[], heads: HeadsCase["heads"]): Params => ({
  trunk: { layers: layers.map(layer) },
  heads: { "layers[0]": layer(heads["layers[0]"]), "layers[2]": layer(heads["layers[2]"]) },
});

describe("auxiliary heads against PyTorch", () => {
  for (const golden of goldenCases<HeadsCase>("auxiliary-heads")) {
    const params = paramsOf(golden.trunk, golden.heads);
    const inputs = f64(golden.inputs);
    const labels = tensor(golden.labels, { dtype: "i32" });
    const crossEntropy = (output: Tensor): Tensor => softmaxCrossEntropy(output, labels);

    it("have GoogLeNet's outputs, loss and gradients", () => {
      const { output, auxiliary } = model.outputs(params, inputs);
      expectClose([output, ...auxiliary], [golden.output, ...golden.auxiliary].map(f64), 1e-13);
      const loss = (own: Params): Tensor => auxiliaryLoss(model.outputs(own, inputs), crossEntropy, { weight: golden.weight });
      const [value, gradients] = valueAndGrad(loss)(params);
      expectClose(value, f64(golden.loss), 1e-13);
      expectClose(gradients, paramsOf(golden.trunkGradients, golden.headGradients), 1e-12);
      expectClose(auxiliaryLoss(model.outputs(params, inputs), crossEntropy), value, 0);
    });

    it("fade by a schedule of the step, without a new trace", () => {
      let traces = 0;
      const step = compile(
        (own: Params, at: number) => {
          traces++;
          return auxiliaryLoss(model.outputs(own, inputs), crossEntropy, { weight: (t) => 0.3 * Math.max(0, 1 - t / 10), step: at });
        },
        { donate: [] },
      );
      const main = crossEntropy(model.apply(params, inputs)).item();
      for (const at of [0, 3, 5, 10, 20]) {
        const share = Math.max(0, 1 - at / 10);
        expect(step(params, at).item()).toBeCloseTo(main + share * (golden.loss - main), 12);
      }
      expect(traces).toBe(1);
    });

    it("are dropped by keeping the trunk, which computes what it did", () => {
      expectClose(model.apply(params, inputs), f64(golden.output), 1e-13);
      expectClose(trunk.apply(params.trunk, inputs), model.apply(params, inputs), 0);
      expect(treePaths(params.trunk)).toEqual(treePaths(trunk.init(key(1))));
    });
  }
});

describe("mistakes with auxiliary heads", () => {
  it("are named", () => {
    const head = dense({ inputs: 6, outputs: 3 });
    const misplaced = auxiliaryHeads(trunk, { "layers[7]": head });
    expect(() => misplaced.outputs(misplaced.init(key(1)), zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot(`[OptError: auxiliaryHeads(trunk, heads): the trunk has no layer "layers[7]". It has layers[0], layers[1], layers[2], layers[3].]`);
    expect(() => auxiliaryHeads(trunk, {})).toThrowErrorMatchingInlineSnapshot(`[OptError: auxiliaryHeads(trunk, heads): heads must give a model for one layer or more, such as { "layers[1]": dense(…) }; got an empty object.]`);
    // @ts-expect-error a head that is no model
    expect(() => auxiliaryHeads(trunk, { "layers[0]": 3 })).toThrowErrorMatchingInlineSnapshot(`[OptError: auxiliaryHeads(trunk, heads): heads["layers[0]"] must be a model { init, apply }, such as dense(…); got 3.]`);
    // @ts-expect-error a trunk that does not show its layers
    expect(() => auxiliaryHeads(head, { "layers[0]": head })).toThrowErrorMatchingInlineSnapshot(`[OptError: auxiliaryHeads(trunk, heads): trunk must have the function layerOutputs; got a model without. Use sequential([…]) or mlp(…).]`);
    const outputs = { output: zeros([1]), auxiliary: [zeros([1])] };
    const loss = (output: Tensor): Tensor => meanSquaredError(output, zeros([1]));
    expect(() => auxiliaryLoss(outputs, loss, { weight: -1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: auxiliaryLoss({ weight }): must be a number ≥ 0; got -1.]`);
    expect(() => auxiliaryLoss(outputs, loss, { weight: () => 1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: auxiliaryLoss({ step }): a weight that is a schedule needs the step; got undefined. Hand on context.step, the third argument of fit's loss.]`);
    // @ts-expect-error a weight in words
    expect(() => auxiliaryLoss(outputs, loss, { weight: "fade" })).toThrowErrorMatchingInlineSnapshot(`[OptError: auxiliaryLoss({ weight }): must be a number ≥ 0 or a schedule, a function of the step; got "fade".]`);
  });
});
