import type { Tensor } from "@opt/core";
import { grad, key, sigmoid, tanh, tensor, zeros } from "@opt/core";
import { mlp } from "@opt/nn";
import { checkGradients, readTree } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { hintStage, layerActivations } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

const f64 = { dtype: "f64" } as const;
const activations = layerActivations({ activation: tanh });
const teacher = { params: mlp({ sizes: [2, 5, 2], activation: "tanh" }).init(key(1), f64), activations, layer: "layers[0]" };
const student = { params: mlp({ sizes: [2, 3, 4, 3, 2], activation: "tanh" }).init(key(2), f64), activations, layer: "layers[1]" };
const inputs = tensor([[0.5, -1], [2, 0.25], [-0.3, 0.8]], f64);
const base = { teacher, student, sample: inputs, key: key(3) };

describe("layerActivations", () => {
  it("shows every layer of an mlp, the last one as its output", () => {
    const outputs = activations(student.params, inputs);
    expect(Object.entries(outputs).map(([name, output]) => `${name} ${output.shape.join(" ")}`)).toEqual(["layers[0] 3 3", "layers[1] 3 4", "layers[2] 3 3", "layers[3] 3 2"]);
    expect(outputs["layers[3]"]?.readSync()).toEqual(mlp({ sizes: [2, 3, 4, 3, 2], activation: "tanh" }).apply(student.params, inputs).readSync());
    const squashed = layerActivations({ activation: tanh, outputActivation: sigmoid })(student.params, inputs);
    expect(squashed["layers[3]"]?.readSync()).toEqual(sigmoid(outputs["layers[3]"]!).readSync());
  });

  it("says what is wrong", async () => {
    expect(await mistake(() => layerActivations({ activation: "tanh" as never }))).toMatchInlineSnapshot(`"option: layerActivations({ activation }): must be a function (x) => tensor, such as tanh of @opt/core; got "tanh"."`);
    expect(await mistake(() => layerActivations({ activation: tanh, outputActivation: 1 as never }))).toMatchInlineSnapshot(`"option: layerActivations({ outputActivation }): must be a function (x) => tensor; got 1."`);
  });
});

describe("hintStage", () => {
  it("is half the mean squared distance between the hint and what the regressor makes of the guided layer", () => {
    const { params, loss } = hintStage({ ...base, regressorActivation: tanh });
    const rows = (x: Tensor): number[][] => Array.from({ length: 3 }, (_, row) => Array.from(x.readSync()).slice((row * x.size) / 3, ((row + 1) * x.size) / 3));
    const hints = rows(activations(teacher.params, inputs)["layers[0]"]!);
    const weight = Array.from(params.regressor.weight.readSync());
    const guided = rows(activations(student.params, inputs)["layers[1]"]!);
    const distances = hints.map((hint, row) => hint.reduce((sum, u, unit) => {
      const z = guided[row]!.reduce((total, v, index) => total + v * weight[index * 5 + unit]!, 0);
      return sum + (u - Math.tanh(z)) ** 2;
    }, 0));
    expect(params.regressor.weight.shape).toEqual([4, 5]);
    expect(loss(params, { inputs }).item()).toBeCloseTo(distances.reduce((sum, each) => sum + each, 0) / 3 / 2, 14);
  });

  it("teaches the student up to the guided layer and the regressor, and nothing above", () => {
    const { params, loss } = hintStage(base);
    checkGradients((at) => loss(at, { inputs }), params);
    const moved = readTree(grad((at: typeof params) => loss(at, { inputs }))(params)).filter(({ values }) => Array.from(values as Float64Array).some((value) => value !== 0));
    expect(moved.map(({ path }) => path)).toEqual([
      "student.layers[0].weight", "student.layers[0].bias", "student.layers[1].weight", "student.layers[1].bias", "regressor.weight", "regressor.bias",
    ]);
  });

  it("takes layers of any rank, each example as a row", () => {
    const image = (x: Tensor): { map: Tensor; out: Tensor } => ({ map: x.reshape([x.shape[0] ?? 1, 2, 1]), out: x });
    const { params } = hintStage({ ...base, teacher: { params: {}, activations: (_params, x) => image(x), layer: "map" } });
    expect(params.regressor.weight.shape).toEqual([4, 2]);
  });

  it("names the layers that exist when one does not", async () => {
    const bad = (change: object): Promise<string> => mistake(() => hintStage({ ...base, ...change }));
    expect(await bad({ teacher: { ...teacher, layer: "hidden" } })).toMatchInlineSnapshot(`"option: hintStage({ teacher.layer }): must be one of the layers layers[0], layers[1]; got "hidden"."`);
    expect(await bad({ student: { ...student, layer: "layer[1]" } })).toMatchInlineSnapshot(`"option: hintStage({ student.layer }): must be one of the layers layers[0], layers[1], layers[2], layers[3]; got "layer[1]". Did you mean "layers[1]"?"`);
    expect(await bad({ student: { ...student, layer: 1 } })).toMatchInlineSnapshot(`"option: hintStage({ student.layer }): must be one of the layers layers[0], layers[1], layers[2], layers[3]; got 1."`);
    expect(await bad({ teacher: { ...teacher, layer: "toString" } })).toMatchInlineSnapshot(`"option: hintStage({ teacher.layer }): must be one of the layers layers[0], layers[1]; got "toString"."`);
  });

  it("says what else is wrong", async () => {
    const bad = (change: object): Promise<string> => mistake(() => hintStage({ ...base, ...change }));
    expect(await bad({ teacher: teacher.params })).toMatchInlineSnapshot(`"option: hintStage({ teacher.activations }): must be a function (params, x) => ({ name: tensor, … }), such as layerActivations(…); got undefined."`);
    expect(await bad({ student: undefined })).toMatchInlineSnapshot(`"option: hintStage({ student.activations }): must be a function (params, x) => ({ name: tensor, … }), such as layerActivations(…); got undefined."`);
    expect(await bad({ key: undefined })).toMatchInlineSnapshot(`"option: hintStage({ key }): must be a random key; got undefined. Use key(seed) of @opt/core."`);
    expect(await bad({ regressorActivation: "tanh" })).toMatchInlineSnapshot(`"option: hintStage({ regressorActivation }): must be a function (x) => tensor; got "tanh"."`);
    expect(await bad({ hint: 1 })).toMatchInlineSnapshot(`"option: hintStage({ hint }): unknown option. Known options: teacher, student, sample, key, regressorActivation, weightInitializer."`);
    expect(await bad({ teacher: { params: {}, activations: () => ({ "layers[0]": zeros([3, 2], { dtype: "i32" }) }), layer: "layers[0]" } })).toMatchInlineSnapshot(`"dtype: hintStage: the hint layer must be f32 or f64; got i32."`);
  });
});
