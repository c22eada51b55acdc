import type { Tensor } from "@opt/core";
import { clone, key, splitKey, tanh, tensor } from "@opt/core";
import { batchNorm, recalibrate } from "@opt/batchnorm";
import type { BatchNormParams, BatchNormState } from "@opt/batchnorm";
import { minibatches, twoMoons } from "@opt/data";
import type { Batch } from "@opt/data";
import { sgd } from "@opt/first-order";
import { dense, softmaxCrossEntropy } from "@opt/nn";
import type { DenseParams } from "@opt/nn";
import { matchers, readTree } from "@opt/testing";
import { evaluate, fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { averagedParameters, polyakAverage, swapIn, withAverage } from "../../src/index.ts";

expect.extend(matchers);

describe("an averaged network with batch normalization", async () => {
  type Params = { readonly hidden: DenseParams; readonly norm: BatchNormParams; readonly output: DenseParams };
  const [hidden, norm, output] = [dense({ inputs: 2, outputs: 16 }), batchNorm({ features: 16 }), dense({ inputs: 16, outputs: 2 })];
  const [hiddenKey, outputKey] = splitKey(key(1), 2);
  const start: Params = { hidden: hidden.init(hiddenKey ?? key(1)), norm: norm.init().params, output: output.init(outputKey ?? key(2)) };
  const batches = minibatches(twoMoons({ count: 256, key: key(2), noise: 0.2 }), { batchSize: 32, key: key(3) });

  const loss = (params: Params, { inputs, targets }: Batch, { variables, training }: { readonly variables: BatchNormState; readonly training: boolean }): readonly [Tensor, BatchNormState] => {
    const sums = hidden.apply(params.hidden, inputs);
    const pass = training ? norm.train(params.norm, variables, sums) : { output: norm.infer(params.norm, variables, sums), state: variables };
    return [softmaxCrossEntropy(output.apply(params.output, tanh(pass.output)), targets), pass.state];
  };
  // Steps so large that the last iterate is far from the average.
  const result = await fit({ loss, params: start, variables: norm.init().state, optimizer: withAverage(sgd({ learningRate: 2 }), polyakAverage({ start: 40 })), batches, epochs: 20 });
  const averaged = averagedParameters(result.state, result.params);
  const lossWith = async ({ params, variables }: { readonly params: Params; readonly variables: BatchNormState }): Promise<number> =>
    (await evaluate({ params, variables, batches, metrics: { loss: (own: Params, batch: Batch, context: { readonly variables: BatchNormState; readonly training: boolean }) => loss(own, batch, context)[0] } })).loss;
  const statistics = (params: Params): BatchNormState =>
    recalibrate((own: Params, { inputs }: Batch) => norm.train(own.norm, norm.init().state, hidden.apply(own.hidden, inputs)).statistics, params, batches.epoch(0));

  it("has the statistics of the averaged weights after the refresh, and a lower loss than before it and than the trained one", async () => {
    const stale = await swapIn(result, averaged);
    const fresh = await swapIn(result, averaged, { refresh: statistics });
    expect(readTree(fresh.params)).toEqual(readTree(averaged));
    expect(stale.variables.mean).toBeAllClose(result.variables.mean);
    expect(fresh.variables.mean).toBeAllClose(statistics(averaged).mean);
    const [trainedLoss, staleLoss, freshLoss] = [await lossWith(result), await lossWith(stale), await lossWith(fresh)];
    expect(freshLoss).toBeLessThan(staleLoss);
    expect(freshLoss).toBeLessThan(trainedLoss);
  });

  it("gives back the trained model after a swap, and training goes on as if nothing had been", async () => {
    const swapped = await swapIn(result, averaged, { refresh: statistics });
    await fit({ loss, params: swapped.params, variables: swapped.variables, optimizer: sgd({ learningRate: 0.1 }), batches, epochs: 1 });
    const options = { loss, state: result.state, optimizer: withAverage(sgd({ learningRate: 2 }), polyakAverage({ start: 40 })), batches, epochs: 1, firstEpoch: 20 };
    const direct = await fit({ ...options, params: result.params, variables: result.variables });
    for (const back of [swapped.swapOut(), swapped.swapOut()]) {
      const resumed = await fit({ ...options, ...back });
      expect(resumed.history.steps).toEqual(direct.history.steps);
    }
  });
});

describe("swapIn", () => {
  it("waits for a refresh that takes its time, and leaves everything that it was given alone", async () => {
    const trained = { params: { w: tensor([1]) }, variables: { mean: tensor([5]), count: 3 } };
    const before = readTree(clone(trained));
    const average = { w: tensor([2]) };
    const swapped = await swapIn(trained, average, { refresh: async ({ w }) => Promise.resolve({ mean: w.mul(10), count: 4 }) });
    expect(swapped.variables.mean).toBeAllClose([20]);
    expect(swapped.variables.count).toBe(4);
    expect(swapped.swapOut().variables.count).toBe(3);
    expect(readTree(trained)).toEqual(before);
    expect(average.w).toBeAllClose([2]);
  });
});
