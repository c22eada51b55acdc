import type { Tensor } from "@opt/core";
import { key, relu, tanh, tensor, zeros } from "@opt/core";
import { mlp } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { finiteDifferenceGradient, matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { Tap, TapOptions } from "../src/index.ts";
import { layerReport, treeRanges } from "../src/index.ts";
import { complaint } from "./complaint.ts";
import { matrixWithSpectrum } from "./spectra.ts";

expect.extend(matchers);

const doubles = (rows: readonly (readonly number[])[]): Tensor => tensor(rows, { dtype: "f64" });

describe("layerReport", () => {
  const orthogonal = doubles(matrixWithSpectrum([1, 1, -1, -1, 1, -1], 2));
  const x = doubles([[1, 2, 3, -1, 0, 2], [0, 1, -2, 3, 1, -1]]);

  /** A chain of linear layers whose weights are one orthogonal matrix times a scale. */
  const chain = (depth: number) => (weight: Tensor, input: Tensor, tap: Tap): Tensor =>
    Array.from({ length: depth }).reduce<Tensor>((hidden) => tap("h", hidden.matmul(weight)), input).pow(2).sum().mul(0.5);

  it.each([[0.5, "vanishing"], [1, "stable"], [2, "exploding"]] as const)("sees the factor %d for each layer of a deep linear network, forward and back", (scale, verdict) => {
    const depth = 12;
    const { layers, forward, backward } = layerReport(chain(depth))(orthogonal.mul(scale), x);
    expect(layers.map(({ name }) => name)).toEqual(Array.from({ length: depth }, (_, index) => `h[${index}]`));
    expect(backward?.factor).toBeAllClose(scale, { relative: 1e-10 });
    expect([forward?.verdict, backward?.verdict]).toEqual([verdict, verdict]);
    layers.forEach(({ activation }, index) => {
      expect(activation.norm).toBeAllClose(Math.sqrt(35) * scale ** (index + 1), { relative: 1e-10 });
    });
  });

  it("gives the gradients by marked values that finite differences give", () => {
    const tail = (hidden: Tensor): Tensor => tanh(hidden.mul(hidden)).sum();
    const { layers } = layerReport((weight: Tensor, input: Tensor, tap: Tap) => tail(tap("h", input.matmul(weight))))(orthogonal, x);
    const [differences] = finiteDifferenceGradient(([at]: readonly [Tensor]) => tail(at), [x.matmul(orthogonal)] as const);
    const values = Array.from(differences!);
    const { gradient } = layers[0]!;
    expect([gradient.norm, gradient.minimum, gradient.maximum]).toBeAllClose([Math.hypot(...values), Math.min(...values), Math.max(...values)], { relative: 1e-7 });
  });

  it("counts dead and saturated units", () => {
    const model = (params: MlpParams, input: Tensor, tap: Tap): Tensor => {
      const [first, second] = params.layers;
      const h = tap("relu", relu(input.matmul(first!.weight).add(first!.bias)));
      return tap("tanh", tanh(h.matmul(second!.weight).add(second!.bias)), { limits: [-1, 1] }).sum();
    };
    const params = {
      layers: [
        { weight: doubles([[1, -1, 0, 2]]), bias: tensor([0, 0, -1, 0], { dtype: "f64" }) },
        { weight: doubles([[0, 5], [0, 0], [9, 9], [0, 0]]), bias: tensor([0.1, 0], { dtype: "f64" }) },
      ],
    };
    const [rectified, squashed] = layerReport(model)(params, doubles([[1], [2], [3]])).layers;
    // Unit 1 is negative and unit 2 below its bias for every example.
    expect(rectified).toMatchObject({ deadUnits: 0.5, saturated: undefined, activation: { zeros: 0.5, maximum: 6, minimum: 0 } });
    expect(squashed).toMatchObject({ deadUnits: 0, saturated: 0.5 });
    expect(layerReport(model)(params, doubles([[-1], [-2]])).layers[0]?.deadUnits).toBe(0.75);
  });

  it("looks into a model by its activation, and through time, with names by the order of the calls", () => {
    const sizes = [3, 5, 5, 2];
    const loss = (params: MlpParams, input: Tensor, tap: Tap): Tensor => tap("output", mlp({ sizes, activation: (h) => tap("hidden", relu(h)) }).apply(params, input)).sum();
    const report = layerReport(loss)(mlp({ sizes }).init(key(2)), tensor([[1, 2, 3]]));
    expect(report.layers.map(({ name }) => name)).toEqual(["hidden[0]", "hidden[1]", "output"]);
    expect(report.layers[2]?.gradient).toMatchObject({ mean: 1, standardDeviation: 0, norm: expect.closeTo(Math.SQRT2, 6) as number });
    expect(report.parameters.map(({ path }) => path)).toContain("layers[2].bias");
  });

  it("judges nothing by a single value, and passes numbers that are none on", () => {
    const one = layerReport((w: Tensor, batch: Tensor, tap: Tap) => tap("h", batch.mul(w)).sum())(tensor(Number.NaN), tensor([1, 2]));
    expect(one).toMatchObject({ forward: undefined, backward: undefined, loss: NaN });
    expect(one.layers[0]).toMatchObject({ name: "h", activation: { nonFinite: 2, mean: NaN }, gradient: { mean: 1 } });
  });

  it("names mistakes", () => {
    const at = tensor([1, 2]);
    const run = (use: (tap: Tap) => Tensor): string => complaint(() => layerReport((_params: Tensor, _batch: Tensor, tap: Tap) => use(tap))(at, at));
    expect(run(() => at.sum())).toMatchInlineSnapshot(`"data: layerReport: the loss marked nothing. Call its third argument on what is to be looked at: h = tap("hidden", relu(x))."`);
    expect(run((tap) => tap("", at).sum())).toMatchInlineSnapshot(`"option: layerReport: tap(name): must be a name; got ""."`);
    expect(run((tap) => tap("h", 3 as never))).toMatchInlineSnapshot(`"dtype: layerReport: tap("h", value): must be an f32 or f64 tensor; got 3."`);
    expect(run((tap) => tap("h", tensor([1], { dtype: "i32" })))).toMatchInlineSnapshot(`"dtype: layerReport: tap("h", value): must be an f32 or f64 tensor; got Tensor(i32[1])."`);
    expect(run((tap) => tap("h", at, { limits: [1, 1] }).sum())).toMatchInlineSnapshot(`"option: layerReport: tap({ limits[1] }): must be a number > 1; got 1."`);
    expect(run((tap) => tap("h", at, { limits: 1 } as unknown as TapOptions).sum())).toMatchInlineSnapshot(`"option: layerReport: tap({ limits }): must be [lower, upper]; got 1."`);
    expect(run((tap) => tap("h", at, { bounds: 1 } as unknown as TapOptions).sum())).toMatchInlineSnapshot(`"option: layerReport: tap({ bounds }): unknown option. Known options: limits."`);
    expect(complaint(() => layerReport(() => zeros([]), { threshold: 0 }))).toMatchInlineSnapshot(`"option: layerReport({ threshold }): must be a number > 1; got 0."`);
    let later = 3;
    expect(run((tap) => Array.from({ length: later-- }).reduce<Tensor>((h) => tap("h", h), at).sum())).toMatchInlineSnapshot(`"data: layerReport: the loss must mark the same values each time it is called; got 3 and then 2."`);
    let calls = 0;
    expect(run((tap) => Array.from({ length: ++calls }).reduce<Tensor>((h) => tap("h", h), at).sum())).toMatchInlineSnapshot(`"data: layerReport: the loss must mark the same values each time it is called; got 1 and then 2."`);
  });
});

describe("treeRanges", () => {
  it("has the closed forms for each tensor", () => {
    const [weight, bias] = treeRanges({ weight: doubles([[0, 1], [2, 5]]), bias: tensor([-3], { dtype: "f64" }) });
    expect(weight).toMatchObject({ path: "weight", mean: 2, minimum: 0, maximum: 5, zeros: 0.25, nonFinite: 0 });
    expect([weight!.standardDeviation, weight!.norm]).toBeAllClose([Math.sqrt(3.5), Math.sqrt(30)], { relative: 1e-12 });
    expect(bias).toMatchObject({ path: "bias", mean: -3, standardDeviation: 0, norm: 3 });
  });

  it("counts what is not finite", () => {
    expect(treeRanges(tensor([1, Number.NaN, Infinity, -Infinity]))).toMatchObject([{ path: "", nonFinite: 3 }]);
  });

  it("names mistakes", () => {
    expect(complaint(() => treeRanges({ a: [tensor([1], { dtype: "i32" })] }))).toMatchInlineSnapshot(`"dtype: treeRanges: tree.a[0] must be f32 or f64; got i32."`);
  });
});
