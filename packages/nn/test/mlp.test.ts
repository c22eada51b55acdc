import type { NestedNumbers, Tensor } from "@opt/core";
import { compile, key, tensor, treeLeaves, treePaths, valueAndGrad, zeros } from "@opt/core";
import { constant, orthogonal } from "@opt/init";
import { checkGradients, compareNumbers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { ActivationName, MlpParams } from "../src/index.ts";
import { dense, mlp, softmaxCrossEntropy } from "../src/index.ts";
import { expectClose, f64 } from "./close.ts";
import { goldenCases } from "./golden.ts";

interface LayerNumbers {
  readonly weight: NestedNumbers;
  readonly bias: NestedNumbers;
}

interface NetworkCase {
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  readonly layers: readonly LayerNumbers[];
  readonly inputs: NestedNumbers;
  readonly labels: NestedNumbers;
  readonly outputs: NestedNumbers;
  readonly loss: number;
  readonly gradients: readonly LayerNumbers[];
}

const networkOf = (layers: readonly LayerNumbers[]): MlpParams => ({ layers: layers.map(({ weight, bias }) => ({ weight: f64(weight), bias: f64(bias) })) });

describe("mlp against PyTorch", () => {
  for (const golden of goldenCases<NetworkCase>("mlp")) {
    it(`has the same outputs, loss and gradients with ${golden.activation}`, () => {
      const model = mlp({ sizes: golden.sizes, activation: golden.activation });
      const params = networkOf(golden.layers);
      const inputs = f64(golden.inputs);
      const labels = tensor(golden.labels, { dtype: "i32" });
      const loss = (point: MlpParams): Tensor => softmaxCrossEntropy(model.apply(point, inputs), labels);
      expectClose(model.apply(params, inputs), f64(golden.outputs), 1e-12);
      const [value, gradients] = valueAndGrad(loss)(params);
      expectClose(value, f64(golden.loss), 1e-12);
      expectClose(gradients, networkOf(golden.gradients), 1e-12);
      const [compiledValue, compiledGradients] = compile(valueAndGrad(loss), { donate: [] })(params);
      expectClose(compiledValue, f64(golden.loss), 1e-12);
      expectClose(compiledGradients, networkOf(golden.gradients), 1e-12);
    });
  }

  it("has the derivatives of finite differences", () => {
    const model = mlp({ sizes: [3, 4, 2], activation: "tanh", outputActivation: "sigmoid" });
    const x = f64([[0.1, -0.4, 0.9], [1.2, 0.3, -0.6]]);
    checkGradients((point: MlpParams) => model.apply(point, x), model.init(key(1), { dtype: "f64" }));
  });
});

describe("mlp", () => {
  it("draws parameters of the stated paths, shapes and dtype", () => {
    const model = mlp({ sizes: [5, 4, 3] });
    const params = model.init(key(1), { dtype: "f64" });
    expect(treePaths(params)).toEqual(["layers[0].weight", "layers[0].bias", "layers[1].weight", "layers[1].bias"]);
    expect(treeLeaves(params).map(({ shape, dtype }) => [shape, dtype])).toEqual([[[5, 4], "f64"], [[4], "f64"], [[4, 3], "f64"], [[3], "f64"]]);
    expect(treeLeaves(model.init(key(1))).every(({ dtype }) => dtype === "f32")).toBe(true);
  });

  it("draws the same bits from the same key, and different layers from different keys", () => {
    const model = mlp({ sizes: [4, 4, 4] });
    const read = (seed: number): number[][] => treeLeaves(model.init(key(seed))).map((leaf) => Array.from(leaf.readSync()));
    expect(read(1)).toEqual(read(1));
    expect(read(1)).not.toEqual(read(2));
    const [first, , second] = read(1);
    expect(first).not.toEqual(second);
  });

  it("starts by default with He's variance before relu, Glorot's at the end, and zero biases", () => {
    const { layers } = mlp({ sizes: [400, 300, 200] }).init(key(3), { dtype: "f64" });
    const variances = layers.map(({ weight }) => weight.pow(2).mean().item());
    expect(Math.abs((variances[0] ?? 0) / (2 / 400) - 1)).toBeLessThan(0.03);
    expect(Math.abs((variances[1] ?? 0) / (2 / 500) - 1)).toBeLessThan(0.03);
    const limit = Math.sqrt(6 / 500);
    expect(Array.from(layers[1]?.weight.readSync() ?? []).every((w) => Math.abs(w) <= limit)).toBe(true);
    expect(layers.map(({ bias }) => bias.pow(2).sum().item())).toEqual([0, 0]);
  });

  it("shows the output of every layer, the last of which is its own", () => {
    const model = mlp({ sizes: [3, 4, 2], activation: "tanh" });
    const params = model.init(key(1));
    const x = tensor([[1, 2, 3]]);
    const outputs = model.layerOutputs(params, x);
    expect(Object.keys(outputs)).toEqual(["layers[0]", "layers[1]"]);
    const first = dense({ inputs: 3, outputs: 4, activation: "tanh" }).apply(params.layers[0] ?? dense({ inputs: 3, outputs: 4 }).init(key(1)), x);
    expect(outputs["layers[0]"]?.readSync()).toEqual(first.readSync());
    expect(outputs["layers[1]"]?.readSync()).toEqual(model.apply(params, x).readSync());
  });

  it("takes other initializers", () => {
    const { layers } = mlp({ sizes: [3, 3], weightInitializer: orthogonal(), biasInitializer: constant(0.5) }).init(key(1), { dtype: "f64" });
    const [layer] = layers;
    const weight = layer?.weight ?? zeros([3, 3]);
    const { close, message } = compareNumbers(weight.transpose().matmul(weight), [[1, 0, 0], [0, 1, 0], [0, 0, 1]], { relative: 1e-12 });
    expect(close, message).toBe(true);
    expect(Array.from(layer?.bias.readSync() ?? [])).toEqual([0.5, 0.5, 0.5]);
  });

  it("names the layer and the tensor that do not fit", () => {
    const model = mlp({ sizes: [4, 3, 2] });
    const params = model.init(key(1));
    const x = zeros([5, 4]);
    const second = { weight: zeros([2, 3]), bias: zeros([2]) };
    expect(() => model.apply(params, zeros([5, 3]))).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp.apply(params, x): layers[0]: x must have shape [batch, 4]; got f32[5, 3]. Flatten each example with reshape([batch, 4]).]`);
    expect(() => model.apply({ layers: [...params.layers.slice(0, 1), second] }, x)).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp.apply(params, x): params.layers[1].weight must have shape [3, 2]; got f32[2, 3].]`);
    expect(() => model.apply({ layers: params.layers.slice(1) }, x)).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp.apply(params, x): params.layers must be a list of 2 layers, as init(key) makes it; got [an object with keys weight, bias].]`);
  });

  it("checks its options", () => {
    expect(() => mlp({ sizes: [3] })).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp({ sizes }): must list two or more lengths, from the input to the output; got [3]. Use for example [784, 128, 10].]`);
    expect(() => mlp({ sizes: [3, 0, 2] })).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp({ sizes[1] }): must be an integer ≥ 1; got 0.]`);
    // @ts-expect-error a misspelt activation
    expect(() => mlp({ sizes: [3, 2], activation: "tanhh" })).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp({ activation }): unknown activation "tanhh". Did you mean "tanh"?]`);
    // @ts-expect-error a misspelt option
    expect(() => mlp({ sizes: [3, 2], activations: "tanh" })).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp({ activations }): unknown option. Did you mean "activation"?]`);
    // @ts-expect-error an initializer by name
    expect(() => mlp({ sizes: [3, 2], weightInitializer: "he" })).toThrowErrorMatchingInlineSnapshot(`[OptError: mlp({ weightInitializer }): must be an initializer, a function of a key and a shape; got "he". Use one of @opt/init, such as heNormal().]`);
  });
});

describe("dense", () => {
  it("computes f(x W + b)", () => {
    const layer = dense({ inputs: 2, outputs: 2, activation: "relu" });
    const params = { weight: tensor([[1, -1], [2, -2]]), bias: tensor([0.5, 0.25]) };
    expect(Array.from(layer.apply(params, tensor([[1, 1], [-1, -1]])).readSync())).toEqual([3.5, 0, 0, 3.25]);
  });

  it("takes an activation of one's own", () => {
    const layer = dense({ inputs: 1, outputs: 1, activation: (x) => x.mul(x) });
    expect(layer.apply({ weight: tensor([[3]]), bias: tensor([0]) }, tensor([[2]])).item()).toBe(36);
  });

  it("names what does not fit", () => {
    const layer = dense({ inputs: 2, outputs: 3 });
    const params = layer.init(key(1));
    expect(() => layer.apply(params, zeros([4, 2, 1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: dense.apply(params, x): x must have shape [batch, 2]; got f32[4, 2, 1]. Flatten each example with reshape([batch, 2]).]`);
    expect(() => layer.apply({ ...params, bias: zeros([2]) }, zeros([4, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: dense.apply(params, x): params.bias must have shape [3]; got f32[2].]`);
    expect(() => dense({ inputs: 2.5, outputs: 1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: dense({ inputs }): must be an integer ≥ 1; got 2.5.]`);
  });
});
