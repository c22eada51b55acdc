import type { Tensor } from "@opt/core";
import { key, slice, splitKey, tanh } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches, split, twoMoons } from "@opt/data";
import { momentum } from "@opt/first-order";
import { accuracy, dense, softmaxCrossEntropy } from "@opt/nn";
import type { DenseParams } from "@opt/nn";
import { matchers } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { batchNorm, foldIntoPreviousDense, recalibrate } from "../src/index.ts";
import type { BatchNormParams, BatchNormState } from "../src/index.ts";

expect.extend(matchers);

type Params = { readonly hidden: readonly { readonly dense: DenseParams; readonly norm: BatchNormParams }[]; readonly output: DenseParams };
type Averages = readonly BatchNormState[];

const sizes = [2, 16, 16, 16];
const norm = batchNorm({ features: 16 });
const layers = sizes.slice(1).map((outputs, index) => dense({ inputs: sizes[index] ?? 0, outputs }));
const output = dense({ inputs: 16, outputs: 2 });

function init(seed: number): { params: Params; averages: Averages } {
  const keys = splitKey(key(seed), layers.length);
  const hidden = layers.map((layer, index) => ({ dense: layer.init(keys[index] ?? key(seed)), norm: norm.init().params }));
  return { params: { hidden, output: output.init(key(seed + 1)) }, averages: layers.map(() => norm.init().state) };
}

/** Three hidden layers, each normalized before its non-linearity. */
function network(params: Params, averages: Averages, x: Tensor, training: boolean): { logits: Tensor; averages: Averages; statistics: Averages } {
  let hidden = x;
  const next: BatchNormState[] = [];
  const statistics: BatchNormState[] = [];
  params.hidden.forEach((layer, index) => {
    const state = averages[index] ?? norm.init().state;
    const sums = (layers[index] ?? output).apply(layer.dense, hidden);
    const pass = training ? norm.train(layer.norm, state, sums) : { output: norm.infer(layer.norm, state, sums), state, statistics: state };
    next.push(pass.state);
    statistics.push(pass.statistics);
    hidden = tanh(pass.output);
  });
  return { logits: output.apply(params.output, hidden), averages: next, statistics };
}

describe("an mlp normalized before each non-linearity, in fit", async () => {
  const [training, validation] = split(twoMoons({ count: 500, key: key(1), noise: 0.1 }), 0.8, key(2));
  const { params, averages } = init(3);
  const result = await fit({
    params,
    variables: averages,
    loss: (own: Params, batch: Batch, context): readonly [Tensor, Averages] => {
      const { logits, averages: next } = network(own, context.variables, batch.inputs, context.training);
      return [softmaxCrossEntropy(logits, batch.targets), next];
    },
    optimizer: momentum({ learningRate: 0.1 }),
    batches: minibatches(training, { batchSize: 50, key: key(4) }),
    epochs: 40,
    validation: minibatches(validation, { batchSize: 64, shuffle: "never" }),
    metrics: {
      accuracy: (own, batch, context) => accuracy(network(own, context.variables, batch.inputs, context.training).logits, batch.targets),
    },
  });
  const test = [...minibatches(validation, { batchSize: 100, shuffle: "never" }).epoch(0)][0] as Batch;

  it("trains, and evaluates by the running averages", () => {
    expect(result.status).toBe("completed");
    expect(result.history.epochs.at(-1)?.validation?.accuracy).toBeGreaterThanOrEqual(0.98);
    expect(result.variables.map(({ count }) => count)).toEqual([320, 320, 320]);
    // What the last evaluation computed is what the result's averages give, example by example.
    const { logits } = network(result.params, result.variables, test.inputs, false);
    const last = result.history.epochs.at(-1)?.validation?.loss;
    expect(softmaxCrossEntropy(logits, test.targets).item()).toBeCloseTo(last ?? Number.NaN, 5);
    const one = network(result.params, result.variables, slice(test.inputs, 0, 7, 8), false);
    expect(one.logits).toBeAllClose(slice(logits, 0, 7, 8), { relative: 1e-5 });
  });

  it("needs its averages: the fresh ones give other outputs", () => {
    const fresh = network(result.params, averages, test.inputs, false);
    const own = network(result.params, result.variables, test.inputs, false);
    expect(softmaxCrossEntropy(fresh.logits, test.targets).item()).toBeGreaterThan(2 * softmaxCrossEntropy(own.logits, test.targets).item());
  });

  it("is recalibrated on its data, near to what training left", () => {
    const batches = Array.from(minibatches(training, { batchSize: 100, key: key(5) }).epoch(0), ({ inputs }) => inputs);
    const refreshed = recalibrate((own: Params, x: Tensor) => network(own, averages, x, true).statistics, result.params, batches);
    const { logits } = network(result.params, refreshed, test.inputs, false);
    expect(accuracy(logits, test.targets).item()).toBeGreaterThanOrEqual(0.98);
    expect(refreshed.map(({ count }) => count)).toEqual([4, 4, 4]);
  });

  it("computes the same with every normalization folded away", () => {
    const folded = result.params.hidden.map((layer, index) =>
      foldIntoPreviousDense(layer.dense, norm.line(layer.norm, result.variables[index] ?? norm.init().state)),
    );
    const hidden = folded.reduce((x, layer, index) => tanh((layers[index] ?? output).apply(layer, x)), test.inputs);
    const { logits } = network(result.params, result.variables, test.inputs, false);
    expect(output.apply(result.params.output, hidden)).toBeAllClose(logits, { relative: 1e-4, absolute: 1e-4 });
  });
});
