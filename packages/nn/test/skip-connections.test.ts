import type { NestedNumbers, Tensor } from "@opt/core";
import { grad, key, randomNormal, tensor, treePaths, zeros } from "@opt/core";
import { checkGradients } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { DenseParams, Model } from "../src/index.ts";
import { dense, highway, residual, sequential } from "../src/index.ts";
import { expectClose, f64, tensorsOf } from "./close.ts";
import { goldenCases } from "./golden.ts";

interface LayerNumbers {
  readonly weight: NestedNumbers;
  readonly bias: NestedNumbers;
}

interface SkipCase {
  readonly kind: "residual" | "highway";
  readonly blocks: readonly LayerNumbers[];
  readonly gates: readonly LayerNumbers[];
  readonly inputs: NestedNumbers;
  readonly weights: NestedNumbers;
  readonly outputs: NestedNumbers;
  readonly inputGradient: NestedNumbers;
  readonly gradients: readonly (readonly LayerNumbers[])[];
}

const square = (features: number): Model<DenseParams> => dense({ inputs: features, outputs: features, activation: "tanh" });
const golden = (kind: SkipCase["kind"]): SkipCase => goldenCases<SkipCase>("skip-connections").find((each) => each.kind === kind) as SkipCase;
const layersOf = (layers: readonly LayerNumbers[] = []): DenseParams[] => layers.map((layer) => tensorsOf<"weight" | "bias">({ ...layer }));

describe("skip connections against PyTorch", () => {
  it("three residual blocks have the same outputs and gradients", () => {
    const { blocks, inputs, weights, outputs, inputGradient, gradients } = golden("residual");
    const model = sequential(blocks.map(() => residual(square(4), { scale: 0.5 })));
    const point = { params: { layers: layersOf(blocks) }, x: f64(inputs) };
    expectClose(model.apply(point.params, point.x), f64(outputs), 1e-13);
    const actual = grad((at: typeof point) => model.apply(at.params, at.x).mul(f64(weights)).sum())(point);
    expectClose(actual, { params: { layers: layersOf(gradients[0]) }, x: f64(inputGradient) }, 1e-12);
  });

  it("three highway layers have the same outputs and gradients", () => {
    const { blocks, gates, inputs, weights, outputs, inputGradient, gradients } = golden("highway");
    const together = (own: readonly LayerNumbers[] = [], gate: readonly LayerNumbers[] = []): { block: DenseParams; gate: DenseParams }[] =>
      layersOf(own).map((block, index) => ({ block, gate: layersOf(gate)[index] ?? block }));
    const model = sequential(blocks.map(() => highway(square(4), { features: 4 })));
    const point = { params: { layers: together(blocks, gates) }, x: f64(inputs) };
    expectClose(model.apply(point.params, point.x), f64(outputs), 1e-13);
    const actual = grad((at: typeof point) => model.apply(at.params, at.x).mul(f64(weights)).sum())(point);
    expectClose(actual, { params: { layers: together(gradients[0], gradients[1]) }, x: f64(inputGradient) }, 1e-12);
  });

  it("has the derivatives of finite differences", () => {
    const model = sequential([residual(square(3)), highway(square(3), { features: 3 })]);
    const x = randomNormal(key(1), [2, 3], { dtype: "f64" });
    checkGradients((params: ReturnType<typeof model.init>) => model.apply(params, x), model.init(key(2), { dtype: "f64" }));
  });
});

/** How much longer or shorter a gradient becomes on its way back through a stack of 30 tanh layers. */
function gradientGrowth(make: (block: Model<DenseParams>) => Model): number {
  const model = sequential(Array.from({ length: 30 }, () => make(square(16))));
  const params = model.init(key(4), { dtype: "f64" });
  const direction = randomNormal(key(6), [8, 16], { dtype: "f64" });
  const gradient = grad((x: Tensor) => model.apply(params, x).mul(direction).sum())(randomNormal(key(5), [8, 16], { dtype: "f64" }));
  return Math.sqrt(gradient.pow(2).sum().item() / direction.pow(2).sum().item());
}

describe("a stack of 30 layers", () => {
  it("lets gradients through where it has skip connections, and not without", () => {
    expect(gradientGrowth((block) => block)).toBeLessThan(0.1);
    // Each of L blocks adds at most 1/L of the gradient's squared length, since tanh and Glorot's weights do not enlarge it: √((1 + 1/L)^L) < √e.
    const skip = gradientGrowth((block) => residual(block, { scale: 1 / Math.sqrt(30) }));
    expect(skip).toBeGreaterThan(1);
    expect(skip).toBeLessThan(Math.sqrt(Math.E));
    // With its gate nearly closed a highway layer passes 1 − σ(−5) of the gradient.
    const passed = (1 - 1 / (1 + Math.exp(5))) ** 30;
    const gated = gradientGrowth((block) => highway(block, { features: 16, gateBias: -5 }));
    expect(Math.abs(gated / passed - 1)).toBeLessThan(0.1);
  });

  it("keeps the parameters of the plain one under a residual connection", () => {
    const plain = sequential([square(2), square(2)]);
    const skip = sequential([residual(square(2)), residual(square(2))]);
    expect(treePaths(skip.init(key(1)))).toEqual(treePaths(plain.init(key(1))));
    expectClose(skip.init(key(1)), plain.init(key(1)), 0);
    // At parameters 0 a residual block is the identity.
    const zero = { layers: [{ weight: zeros([2, 2]), bias: zeros([2]) }, { weight: zeros([2, 2]), bias: zeros([2]) }] } as const;
    expect(Array.from(skip.apply(zero, tensor([[3, -4]])).readSync())).toEqual([3, -4]);
  });
});

describe("mistakes in stacks", () => {
  it("are named with their place", () => {
    const narrow = dense({ inputs: 4, outputs: 3 });
    const model = sequential([square(4), sequential([square(4), residual(narrow)])]);
    expect(() => model.apply(model.init(key(1)), zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot(`[OptError: sequential.apply(params, x): layers[1]: sequential.apply(params, x): layers[1]: residual.apply(params, x): the block must keep the shape of x, so that the two can be added; x = f32[2, 4], the block gives f32[2, 3]. Change the width in a layer outside.]`);
    const gated = highway(narrow, { features: 4 });
    expect(() => gated.apply(gated.init(key(1)), zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot(`[OptError: highway.apply(params, x): the block must keep the shape of x, so that the two can be mixed; x = f32[2, 4], the block gives f32[2, 3]. Change the width in a layer outside.]`);
    expect(() => model.apply({ layers: [] } as never, zeros([2, 4]))).toThrowErrorMatchingInlineSnapshot(`[OptError: sequential.apply(params, x): params.layers must be a list of 2 layers, as init(key) makes it; got [].]`);
    expect(() => sequential([])).toThrowErrorMatchingInlineSnapshot(`[OptError: sequential(layers): must list one or more models, such as [dense(…), dense(…)]; got [].]`);
    // @ts-expect-error not a model
    expect(() => sequential([square(4), "relu"])).toThrowErrorMatchingInlineSnapshot(`[OptError: sequential(layers): layers[1] must be a model { init, apply }, such as dense(…); got "relu".]`);
    expect(() => residual(narrow, { scale: Number.NaN })).toThrowErrorMatchingInlineSnapshot(`[OptError: residual({ scale }): must be a finite number; got NaN.]`);
    // @ts-expect-error no features
    expect(() => highway(narrow, {})).toThrowErrorMatchingInlineSnapshot(`[OptError: highway({ features }): must be an integer ≥ 1; got undefined.]`);
  });
});
