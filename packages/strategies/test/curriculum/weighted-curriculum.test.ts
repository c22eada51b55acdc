import type { Tensor } from "@opt/core";
import { grad, key, tensor } from "@opt/core";
import { spirals } from "@opt/data";
import { adam } from "@opt/first-order";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { checkGradients } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { WeightedBatch, WeightedCurriculumOptions } from "../../src/index.ts";
import { fixedPacing, linearPacing, weightedCurriculum, weightedMean } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { numbered, numbersIn } from "./numbered.ts";

const size = 50;
const data = numbered(size);
const base: WeightedCurriculumOptions = { difficulty: data.inputs, pacing: linearPacing({ start: 0.2 }), epochs: 5, batchSize: 8, key: key(1) };
const everyExample = Array.from({ length: size }, (_, index) => index);

describe("weightedCurriculum", () => {
  for (const mixing of [0, 0.25]) {
    it(`weighs released examples 1 and the others ${mixing}`, () => {
      const batches = weightedCurriculum(data, { ...base, mixing });
      for (let epoch = 0; epoch < 5; epoch++) {
        [...batches.epoch(epoch)].forEach((batch, index) => {
          const [numbers = []] = numbersIn([batch]);
          const released = batches.released(epoch, index);
          expect(Array.from(batch.weights.readSync())).toEqual(numbers.map((number) => (number < released ? 1 : mixing)));
        });
      }
    });
  }

  it("gives each example once in every epoch, in an order that the key and the epoch decide", () => {
    const order = (epoch: number, seed = 1): number[] => numbersIn(weightedCurriculum(data, { ...base, key: key(seed) }).epoch(epoch)).flat();
    for (let epoch = 0; epoch < 6; epoch++) expect(order(epoch).sort((a, b) => a - b)).toEqual(everyExample);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect(order(1)).not.toEqual(order(1, 2));
  });

  it("sums its weights to the released examples, and mixing times the others", () => {
    const total = (epoch: number, mixing: number): number =>
      [...weightedCurriculum(data, { ...base, pacing: fixedPacing({ start: 0.3 }), mixing }).epoch(epoch)].reduce((sum, { weights }) => sum + weights.sum().item(), 0);
    expect(total(0, 0)).toBe(15);
    expect(total(3, 0.5)).toBe(15 + 0.5 * 35);
    expect(total(4, 0.5)).toBe(size);
  });

  it("has weights of the inputs' precision", () => {
    const f64 = { ...data, inputs: Float64Array.from(data.inputs) };
    expect([...weightedCurriculum(f64, base).epoch(0)].map(({ weights }) => weights.dtype)).toEqual(Array.from({ length: 7 }, () => "f64"));
    expect([...weightedCurriculum(data, base).epoch(0)][6]?.weights).toMatchObject({ dtype: "f32", shape: [2] });
  });

  it("learns spirals through fit with the weighted mean as loss", async () => {
    const points = spirals({ count: 300, key: key(1) });
    const model = mlp({ sizes: [2, 24, 24, 3], activation: "tanh" });
    // Spirals are harder the further out they are.
    const difficulty = Float64Array.from({ length: 300 }, (_, index) => Math.hypot(points.inputs[2 * index]!, points.inputs[2 * index + 1]!));
    const batches = weightedCurriculum(points, { difficulty, pacing: linearPacing({ start: 0.2, until: 0.5 }), epochs: 60, batchSize: 30, mixing: 0.1, key: key(2) });
    const { params } = await fit({
      loss: (at: MlpParams, batch: WeightedBatch) => weightedMean(softmaxCrossEntropy(model.apply(at, batch.inputs), batch.targets, { reduction: "none" }), batch.weights),
      params: model.init(key(3)),
      optimizer: adam({ learningRate: 0.01 }),
      batches,
      epochs: 60,
    });
    const shares = [...batches.epoch(0)].map(({ inputs, targets }) => accuracy(model.apply(params, inputs), targets).item());
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.95);
  });

  it("says what is wrong", async () => {
    const bad = (change: object): Promise<string> => mistake(() => weightedCurriculum(data, { ...base, ...change }));
    expect(await bad({ pacing: () => 0.5 })).toMatchInlineSnapshot(`"option: weightedCurriculum({ pacing }): must release every example in the end, or some would never be seen; at progress 1 it releases 25 of 50. Use a pacing that reaches 1, or mixing above 0."`);
    expect(await bad({ pacing: () => 0.5, mixing: 0.1 })).toBe("no error");
    expect(await bad({ mixing: -0.1 })).toMatchInlineSnapshot(`"option: weightedCurriculum({ mixing }): must be in [0, 1); got -0.1."`);
    expect(await bad({ key: undefined })).toMatchInlineSnapshot(`"option: weightedCurriculum({ key }): must be a random key; got undefined. Use key(seed) of @opt/core."`);
    expect(await bad({ order: "stochastic" })).toMatchInlineSnapshot(`"option: weightedCurriculum({ order }): unknown option. Known options: difficulty, pacing, epochs, batchSize, mixing, key."`);
    expect(await mistake(() => weightedCurriculum(data, base).epoch(0.5))).toMatchInlineSnapshot(`"option: weightedCurriculum.epoch({ index }): must be an integer ≥ 0; got 0.5."`);
  });
});

describe("weightedMean", () => {
  it("is the weighted mean, with its gradient", () => {
    const losses = tensor([1, 5, 100], { dtype: "f64" });
    const weights = tensor([1, 0.5, 0], { dtype: "f64" });
    expect(weightedMean(losses, weights).item()).toBeCloseTo(3.5 / 1.5, 14);
    checkGradients((at) => weightedMean(at, weights), losses);
  });

  it("is 0 with gradient 0 where all weights are 0", () => {
    const [losses, none] = [tensor([1, 5]), tensor([0, 0])];
    expect(weightedMean(losses, none).item()).toBe(0);
    expect(Array.from(grad((at: Tensor) => weightedMean(at, none))(losses).readSync())).toEqual([0, 0]);
  });

  it("says what is wrong", async () => {
    expect(await mistake(() => weightedMean(tensor([1, 2]), tensor([1])))).toMatchInlineSnapshot(`"shape: weightedMean(losses, weights): both must have the same shape [batch]; got [2] and [1]."`);
    expect(await mistake(() => weightedMean(tensor(1), tensor(1)))).toMatchInlineSnapshot(`"shape: weightedMean(losses, weights): both must have the same shape [batch]; got [] and []."`);
  });
});
