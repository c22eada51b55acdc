import type { Tensor } from "@opt/core";
import { foldIn, key, sigmoid, tanh, tensor } from "@opt/core";
import { checkGradients } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { autoencoderStage, gaussianNoise, maskingNoise } from "../../src/index.ts";
import type { LayerPlace } from "../../src/index.ts";
import { drawLayer } from "../../src/pretraining/dense-layer.ts";
import { mistake } from "../mistake.ts";

type Inputs = { readonly inputs: Tensor };
const place: LayerPlace<Inputs> = {
  layer: 0,
  inputs: 3,
  units: 2,
  outputs: 1,
  activation: tanh,
  loss: (outputs) => outputs.sum(),
  key: key(1),
  draw: (drawKey, inputs, outputs) => drawLayer(drawKey, inputs, outputs, "f64"),
};
const weight = [[0.5, -1], [2, 0.25], [-0.75, 1]];
const hidden = { weight: tensor(weight, { dtype: "f64" }), bias: tensor([0.1, -0.2], { dtype: "f64" }) };
const x = [0.3, -0.6, 0.9];
const inputs = tensor([x], { dtype: "f64" });

/** The mean squared error of g(V f(W x + b) + c), by hand. */
function errorByHand(decoderWeight: (unit: number, input: number) => number, c: readonly number[], output: (z: number) => number): number {
  const code = [0, 1].map((unit) => Math.tanh(x.reduce((sum, value, input) => sum + value * weight[input]![unit]!, [0.1, -0.2][unit]!)));
  const errors = x.map((value, input) => value - output(code.reduce((sum, h, unit) => sum + h * decoderWeight(unit, input), c[input]!)));
  return errors.reduce((sum, error) => sum + error * error, 0) / x.length;
}

describe("autoencoderStage", () => {
  it("minimizes the error of the reconstruction, tied or untied", () => {
    const tied = autoencoderStage({ tied: true, decoderActivation: sigmoid })(place);
    const tiedParams = { hidden, decoder: { bias: tensor([0.4, 0, -0.4], { dtype: "f64" }) } };
    const batch = { inputs, corrupted: inputs };
    expect(tied.loss(tiedParams, batch).item()).toBeCloseTo(errorByHand((unit, input) => weight[input]![unit]!, [0.4, 0, -0.4], (z) => 1 / (1 + Math.exp(-z))), 14);
    checkGradients((params) => tied.loss(params, batch), tiedParams);

    const untied = autoencoderStage()(place);
    const v = [[1, 2, 3], [-1, 0.5, 0]];
    const untiedParams = { hidden, decoder: { weight: tensor(v, { dtype: "f64" }), bias: tensor([0, 0, 1], { dtype: "f64" }) } };
    expect(untied.loss(untiedParams, batch).item()).toBeCloseTo(errorByHand((unit, input) => v[unit]![input]!, [0, 0, 1], (z) => z), 14);
    checkGradients((params) => untied.loss(params, batch), untiedParams);
  });

  it("draws what it trains: a tied decoder has only a bias", () => {
    expect(Object.keys(autoencoderStage({ tied: true })(place).params.decoder)).toEqual(["bias"]);
    const { decoder, hidden: drawn } = autoencoderStage()(place).params;
    expect("weight" in decoder && decoder.weight.shape).toEqual([2, 3]);
    expect(drawn.weight.shape).toEqual([3, 2]);
  });

  it("asks for the clean inputs back when it was shown corrupted ones", () => {
    const stage = autoencoderStage({ corruption: () => tensor([[0, 0, 0]], { dtype: "f64" }) })(place);
    const batch = stage.prepare({ inputs }, key(5));
    expect(batch.inputs).toBe(inputs);
    const still = { hidden: { ...hidden, bias: tensor([0, 0], { dtype: "f64" }) }, decoder: { bias: tensor([0, 0, 0], { dtype: "f64" }), weight: tensor([[1, 1, 1], [1, 1, 1]], { dtype: "f64" }) } };
    // Nothing seen, nothing told: the error is the inputs' mean square.
    expect(stage.loss(still, batch).item()).toBeCloseTo((0.09 + 0.36 + 0.81) / 3, 14);
  });

  it("says what is wrong", async () => {
    const bad = (options: object): Promise<string> => mistake(() => autoencoderStage(options));
    expect(await bad({ tied: "yes" })).toMatchInlineSnapshot(`"option: autoencoderStage({ tied }): must be true or false; got "yes"."`);
    expect(await bad({ corruption: 0.25 })).toMatchInlineSnapshot(`"option: autoencoderStage({ corruption }): must be a function (inputs, key) => tensor; got 0.25."`);
    expect(await bad({ decoderActivation: "sigmoid" })).toMatchInlineSnapshot(`"option: autoencoderStage({ decoderActivation }): must be a function (x) => tensor; got "sigmoid"."`);
    expect(await bad({ reconstructionLoss: 1 })).toMatchInlineSnapshot(`"option: autoencoderStage({ reconstructionLoss }): must be a function (reconstruction, inputs) => tensor; got 1."`);
    expect(await bad({ noise: 1 })).toMatchInlineSnapshot(`"option: autoencoderStage({ noise }): unknown option. Known options: tied, corruption, decoderActivation, reconstructionLoss."`);
  });
});

describe("corruption", () => {
  const count = 20_000;
  const many = tensor(new Float32Array(count).fill(3), { shape: [count / 10, 10] });

  it("masks each input with the probability, and leaves the others", () => {
    const masked = maskingNoise(0.25)(many, key(1)).readSync();
    const zeros = masked.filter((value) => value === 0).length;
    expect(masked.every((value) => value === 0 || value === 3)).toBe(true);
    // Four standard errors of a share of a quarter.
    expect(Math.abs(zeros / count - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / count));
    expect(maskingNoise(0)(many, key(1)).readSync()).toEqual(many.readSync());
  });

  it("adds noise of the standard deviation", () => {
    const noise = Array.from(gaussianNoise(0.5)(many, key(2)).readSync(), (value) => value - 3);
    const mean = noise.reduce((sum, value) => sum + value, 0) / count;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(Math.abs(mean)).toBeLessThan((4 * 0.5) / Math.sqrt(count));
    // A sample's variance has the standard error σ² √(2 / n).
    expect(Math.abs(variance - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / count));
    expect(gaussianNoise(0)(many, key(2)).readSync()).toEqual(many.readSync());
  });

  it("depends on the key alone, and keeps the dtype", () => {
    for (const corrupt of [maskingNoise(0.5), gaussianNoise(1)]) {
      expect(corrupt(many, key(3)).readSync()).toEqual(corrupt(many, key(3)).readSync());
      expect(corrupt(many, key(3)).readSync()).not.toEqual(corrupt(many, foldIn(key(3), 1)).readSync());
      expect(corrupt(inputs, key(3)).dtype).toBe("f64");
    }
  });

  it("says what is wrong", async () => {
    expect(await mistake(() => maskingNoise(1))).toMatchInlineSnapshot(`"option: maskingNoise({ probability }): must be in [0, 1); got 1."`);
    expect(await mistake(() => gaussianNoise(-1))).toMatchInlineSnapshot(`"option: gaussianNoise({ standardDeviation }): must be a number ≥ 0; got -1."`);
    expect(await mistake(() => maskingNoise(0.5)(tensor([1], { dtype: "i32" }), key(1)))).toMatchInlineSnapshot(`"dtype: maskingNoise: the inputs must be f32 or f64; got i32. Use cast(inputs, "f32")."`);
    expect(await mistake(() => gaussianNoise(0.5)(tensor([1], { dtype: "i32" }), key(1)))).toMatchInlineSnapshot(`"dtype: gaussianNoise: the inputs must be f32 or f64; got i32. Use cast(inputs, "f32")."`);
  });
});
