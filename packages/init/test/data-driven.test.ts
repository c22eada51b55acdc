import type { Tensor } from "@opt/core";
import { concatenate, key, matmul, randomNormal, relu, sigmoid, splitKey, tanh, tensor, zeros } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { lsuv, normal, raiseSmallActivations } from "../src/index.ts";

expect.extend(matchers);

type Params = { readonly layers: readonly { readonly weight: Tensor; readonly bias: Tensor }[] };

const width = 40;
const batch = randomNormal(key(1), [256, width]);

function network(depth: number, standardDeviation: number): Params {
  const keys = splitKey(key(2), depth);
  return { layers: keys.map((own) => ({ weight: normal({ standardDeviation })(own, [width, width]), bias: zeros([width]) })) };
}

const layersOf = (activation: (x: Tensor) => Tensor) => (params: Params, x: Tensor): Record<string, Tensor> => {
  let hidden = x;
  return Object.fromEntries(params.layers.map(({ weight, bias }, index) => {
    hidden = activation(matmul(hidden, weight).add(bias));
    return [`layers[${String(index)}]`, hidden];
  }));
};

/** The standard deviations of all layers, computed apart from what is tested. */
function deviations(outputs: Record<string, Tensor>): number[] {
  return Object.values(outputs).map((output) => {
    const values = Array.from(output.readSync());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  });
}

describe("lsuv", () => {
  it.each([["linear", (x: Tensor) => x], ["relu", relu]])("gives 20 layers of %s units variance 1, whatever scale they had", async (_, activation) => {
    const outputs = layersOf(activation);
    for (const scale of [1e-3, 1]) {
      const { params, layers, status } = await lsuv({ params: network(20, scale), batch, outputs });
      expect(status).toBe("reached");
      const measured = deviations(outputs(params, batch));
      expect(measured).toBeAllClose(layers.map(({ after }) => after), { relative: 1e-3 });
      for (const deviation of measured) expect(Math.abs(deviation ** 2 - 1)).toBeLessThan(0.1);
      // Without biases the output is proportional to the weights: one change is enough.
      expect(layers.every(({ iterations }) => iterations === 1)).toBe(true);
    }
  });

  it("takes several rounds where the activation bends", async () => {
    const { params, layers, status } = await lsuv({ params: network(5, 0.01), batch, outputs: layersOf(tanh), variance: 0.36, tolerance: 0.02, maxIterations: 30 });
    expect(status).toBe("reached");
    for (const deviation of deviations(layersOf(tanh)(params, batch))) expect(Math.abs(deviation ** 2 / 0.36 - 1)).toBeLessThan(0.02);
    expect(Math.max(...layers.map(({ iterations }) => iterations))).toBeGreaterThan(1);
  });

  it("with a key draws orthogonal matrices first", async () => {
    const start = network(3, 1);
    const { params } = await lsuv({ params: start, batch, outputs: layersOf((x) => x), key: key(7) });
    const [first] = params.layers;
    const weight = first?.weight ?? zeros([1, 1]);
    const product = weight.transpose().matmul(weight);
    const scale = product.readSync()[0] ?? Number.NaN;
    const identity = Array.from({ length: width }, (_, row) => Array.from({ length: width }, (__, column) => (row === column ? 1 : 0)));
    expect(product.div(scale)).toBeAllClose(identity, { relative: 1e-5 });
    expect(params.layers[0]?.weight.readSync()).not.toEqual(start.layers[0]?.weight.readSync());
  });

  it("leaves the parameters it was given, and biases, as they are", async () => {
    const start = { layers: network(2, 0.1).layers.map(({ weight }) => ({ weight, bias: tensor(new Float32Array(width).fill(0.5)) })) };
    const before = Array.from(start.layers[0]?.weight.readSync() ?? []);
    const { params } = await lsuv({ params: start, batch, outputs: layersOf((x) => x) });
    expect(Array.from(start.layers[0]?.weight.readSync() ?? [])).toEqual(before);
    expect(params.layers[0]?.bias.readSync()).toEqual(start.layers[0]?.bias.readSync());
  });

  it("says which layers cannot have the variance", async () => {
    const { status, message, layers } = await lsuv({ params: network(3, 0.1), batch, outputs: layersOf(sigmoid), maxIterations: 3 });
    expect(status).toBe("not-reached");
    expect(layers).toHaveLength(3);
    expect(message).toMatch(/^after 3 iterations the outputs of layers\[0\] \(0\.\d+\), layers\[1\] \(0\.\d+\), layers\[2\] \(0\.\d+\) still deviate/);
  });

  it("stops at a layer that no scale helps", async () => {
    const silent = { layers: network(3, 1).layers.map((layer, index) => (index === 1 ? { ...layer, weight: zeros([width, width]) } : layer)) };
    const { status, message, layers } = await lsuv({ params: silent, batch, outputs: layersOf(relu) });
    expect([status, layers.length]).toEqual(["silent", 2]);
    expect(message).toMatchInlineSnapshot(`"the outputs of layers[1] are the same number everywhere, so no scale changes them: draw with another key, or give rectified units a small positive bias."`);
    const broken = { layers: network(2, 1).layers.map((layer) => ({ ...layer, bias: tensor(new Float32Array(width).fill(Number.NaN)) })) };
    const nonFinite = await lsuv({ params: broken, batch, outputs: layersOf(relu) });
    expect(nonFinite.status).toBe("non-finite");
    expect(nonFinite.message).toMatchInlineSnapshot(`"the outputs of layers[0] are infinite or NaN: look for such numbers in the batch, or start from smaller weights."`);
  });
});

describe("raiseSmallActivations", () => {
  it("repairs a signal that dies out, and only that", async () => {
    const outputs = layersOf(tanh);
    const start = network(20, 0.05);
    const before = deviations(outputs(start, batch));
    expect(before.at(-1)).toBeLessThan(1e-8);
    const { params, layers, status } = await raiseSmallActivations({ params: start, batch, outputs });
    expect(status).toBe("reached");
    for (const deviation of deviations(outputs(params, batch))) expect(deviation).toBeGreaterThanOrEqual(0.1);
    // The first layer was large enough; later ones were raised once they fell below 0.1.
    expect([layers[0]?.factor, layers[0]?.iterations]).toEqual([1, 0]);
    expect(layers.some(({ factor, iterations }) => factor > 1 && iterations === 1)).toBe(true);
    expect(params.layers[0]?.weight.readSync()).toEqual(start.layers[0]?.weight.readSync());
  });

  it("changes nothing where everything is large enough", async () => {
    const start = network(3, 1);
    const { params, layers } = await raiseSmallActivations({ params: start, batch, outputs: layersOf(tanh), minimum: 0.5 });
    expect(layers.map(({ factor }) => factor)).toEqual([1, 1, 1]);
    expect(params).toEqual(start);
  });

  it("scales every weight below a path, with branches too", async () => {
    type Branches = { readonly block: { readonly left: Tensor; readonly right: Tensor; readonly bias: Tensor } };
    const params: Branches = { block: { left: normal({ standardDeviation: 1e-4 })(key(1), [width, 5]), right: normal({ standardDeviation: 1e-4 })(key(2), [width, 5]), bias: zeros([10]) } };
    const outputs = ({ block }: Branches, x: Tensor): Record<string, Tensor> => ({ block: concatenate([x.matmul(block.left), x.matmul(block.right)], 1).add(block.bias) });
    const raised = await raiseSmallActivations({ params, batch, outputs, minimum: 0.1, target: 1 });
    expect(raised.layers[0]?.after).toBeCloseTo(1, 4);
    expect(raised.params.block.right.div(params.block.right)).toBeAllClose(raised.params.block.left.readSync()[0] as number / (params.block.left.readSync()[0] as number), { relative: 1e-4 });
  });
});

describe("mistakes in data-driven scales", () => {
  it("are named", async () => {
    const params = network(2, 1);
    const outputs = layersOf(tanh);
    await expect(lsuv({ params, batch, outputs: (own: Params, x: Tensor) => ({ "layer[0]": outputs(own, x)["layers[0]"] ?? x }) })).rejects.toThrowErrorMatchingInlineSnapshot(`[OptError: lsuv({ outputs }): names the layer "layer[0]", but params have nothing at this path. Paths of params: layers[0].weight, layers[0].bias, layers[1].weight, layers[1].bias. Leave layers without parameters out.]`);
    await expect(lsuv({ params, batch, outputs: () => ({}) })).rejects.toThrowErrorMatchingInlineSnapshot(`[OptError: lsuv({ outputs }): must name one or more layers; got an empty object.]`);
    await expect(lsuv({ params, batch, outputs: 3 as never })).rejects.toThrowErrorMatchingInlineSnapshot(`[OptError: lsuv({ outputs }): must be a function (params, batch) => ({ layer: tensor, … }); got 3.]`);
    await expect(lsuv({ params, batch, outputs, variance: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(`[OptError: lsuv({ variance }): must be a number > 0; got 0.]`);
    await expect(raiseSmallActivations({ params, batch, outputs, minimum: 0.5, target: 0.2 })).rejects.toThrowErrorMatchingInlineSnapshot(`[OptError: raiseSmallActivations({ target }): must be a number ≥ 0.5; got 0.2.]`);
    // @ts-expect-error a misspelt option
    await expect(raiseSmallActivations({ params, batch, outputs, maximum: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(`[OptError: raiseSmallActivations({ maximum }): unknown option. Did you mean "minimum"?]`);
  });
});
