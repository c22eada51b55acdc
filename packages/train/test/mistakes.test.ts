import type { Tensor } from "@opt/core";
import { key, OptError, tensor } from "@opt/core";
import { adam } from "@opt/first-order";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { describe, expect, it } from "vitest";
import { evaluate, fit } from "../src/index.ts";
import type { PointBatch } from "./helpers.ts";
import { blobBatches } from "./helpers.ts";

const model = mlp({ sizes: [2, 4, 3] });
const loss = (params: MlpParams, batch: PointBatch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
const batches = (): PointBatch[] => blobBatches(key(1), 9, 3);
const options = { loss, params: model.init(key(1)), optimizer: adam(), batches, epochs: 1 };

/** The code and message of the OptError that a promise ends with. */
async function mistake(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("mistakes in the options of fit", () => {
  // The wrong types are the point.
  const bad = (change: object): Promise<string> => mistake(fit({ ...options, ...change }));

  it("are named, with what to use instead", async () => {
    expect(await bad({ epoch: 3 })).toMatchInlineSnapshot(`"option: fit({ epoch }): unknown option. Did you mean "epochs"?"`);
    expect(await bad({ epochs: 0.5 })).toMatchInlineSnapshot(`"option: fit({ epochs }): must be an integer ≥ 1; got 0.5."`);
    expect(await bad({ firstEpoch: -1 })).toMatchInlineSnapshot(`"option: fit({ firstEpoch }): must be an integer ≥ 0; got -1."`);
    expect(await bad({ loss: 3 })).toMatchInlineSnapshot(`"option: fit({ loss }): must be a function (params, batch) => tensor; got 3."`);
    expect(await bad({ optimizer: "adam" })).toMatchInlineSnapshot(`"option: fit({ optimizer }): must have the functions init and update, or init and solve; got "adam". Use for example adam() of @opt/first-order."`);
    expect(await bad({ params: {} })).toMatchInlineSnapshot(`"tree: fit({ params }): must be a tree of one or more tensors; got an empty object. Wrap numbers: tensor(value)."`);
    expect(await bad({ batches: [] })).toMatchInlineSnapshot(`"option: fit({ batches }): must be a function of the epoch's number that returns batches, or have a method epoch(n); got []. Use minibatches of @opt/data, or (epoch) => batches for an array."`);
    expect(await bad({ batches: () => 3 })).toMatchInlineSnapshot(`"option: fit({ batches }): epoch 0 must be iterable; got 3."`);
    expect(await bad({ validation: 3 })).toMatchInlineSnapshot(`"option: fit({ validation }): must be a function of the epoch's number that returns batches, or have a method epoch(n); got 3. Use minibatches of @opt/data, or (epoch) => batches for an array."`);
    expect(await bad({ metrics: { accuracy: () => tensor(1) } })).toMatchInlineSnapshot(`"option: fit({ metrics }): needs validation batches to be computed on; got none. Add the option validation."`);
    expect(await bad({ metrics: { loss: () => tensor(1) }, validation: batches })).toMatchInlineSnapshot(`"option: fit({ metrics.loss }): the name "loss" is taken by the validation loss. Choose another name."`);
    expect(await bad({ metrics: { accuracy: 1 }, validation: batches })).toMatchInlineSnapshot(`"option: fit({ metrics.accuracy }): must be a function (params, batch) => tensor; got 1."`);
    expect(await bad({ onStep: 3 })).toMatchInlineSnapshot(`"option: fit({ onStep }): must be a function; got 3."`);
    expect(await bad({ signal: {} })).toMatchInlineSnapshot(`"option: fit({ signal }): must be an AbortSignal; got an empty object. Use new AbortController().signal."`);
  });
});

describe("mistakes in losses, metrics and batches", () => {
  it("name the step and the batch", async () => {
    const wide = (): PointBatch[] => [{ inputs: tensor([[1, 2, 3]]), targets: tensor([0], { dtype: "i32" }) }];
    expect(await mistake(fit({ ...options, batches: wide }))).toMatchInlineSnapshot(`"shape: fit: step 1, batch { inputs: f32[1, 3], targets: i32[1] }: mlp.apply(params, x): layers[0]: x must have shape [batch, 2]; got f32[1, 3]. Flatten each example with reshape([batch, 2])."`);
    const floats = (): PointBatch[] => [{ inputs: tensor([[1, 2]]), targets: tensor([0]) }];
    expect(await mistake(fit({ ...options, batches: floats }))).toMatchInlineSnapshot(`"dtype: fit: step 1, batch { inputs: f32[1, 2], targets: f32[1] }: softmaxCrossEntropy(logits, labels): labels must be i32 class numbers; got f32[1]. Use cast(labels, "i32"), or argMax(labels, 1) for one-hot labels."`);
    const perExample = (params: MlpParams, batch: PointBatch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets, { reduction: "none" });
    expect(await mistake(fit({ ...options, loss: perExample }))).toMatchInlineSnapshot(`"shape: fit: step 1, batch { inputs: f32[3, 2], targets: i32[3] }: valueAndGrad: the function must return a single number; got shape [3]. Take its mean() or sum()."`);
    expect(await mistake(fit({ ...options, validation: batches, metrics: { each: perExample } }))).toMatchInlineSnapshot(`"shape: fit({ validation }): batch { inputs: f32[3, 2], targets: i32[3] }: metrics.each must return a single number as a tensor; got Tensor(f32[3]). Take its mean()."`);
  });

  it("are said of epochs without examples", async () => {
    expect(await mistake(fit({ ...options, batches: () => [] }))).toMatchInlineSnapshot(`"data: fit({ batches }): epoch 0 has no examples. Is the batch size larger than the data set, with the last batch dropped?"`);
    expect(await mistake(evaluate({ params: options.params, batches: () => [], metrics: { loss } }))).toMatchInlineSnapshot(`"data: evaluate({ batches }): epoch 0 has no examples, so there is nothing to average."`);
  });

  it("leave errors of the callbacks as they are", async () => {
    const error = new Error("disk full");
    const onStep = (): never => {
      throw error;
    };
    await expect(fit({ ...options, onStep })).rejects.toBe(error);
  });
});
