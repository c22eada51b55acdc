import type { Tensor } from "@opt/core";
import { key, tensor, treeLeaves } from "@opt/core";
import { adam, momentum, sgd } from "@opt/first-order";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { describe, expect, it } from "vitest";
import type { EpochRecord, StepInfo } from "../src/index.ts";
import { evaluate, fit } from "../src/index.ts";
import type { LineBatch, PointBatch } from "./helpers.ts";
import { blobBatches, lineBatches } from "./helpers.ts";

const model = mlp({ sizes: [2, 16, 3] });
const loss = (params: MlpParams, batch: PointBatch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
const accuracyOf = (params: MlpParams, batch: PointBatch): Tensor => accuracy(model.apply(params, batch.inputs), batch.targets);
const training = blobBatches(key(1), 300, 32);
const test = blobBatches(key(2), 100, 64);

type Line = { readonly slope: Tensor; readonly offset: Tensor };
const lineLoss = (params: Line, batch: LineBatch): Tensor => batch.x.mul(params.slope).add(params.offset).sub(batch.y).pow(2).mean();
const line = (): Line => ({ slope: tensor(0), offset: tensor(0) });

function numbersOf(params: MlpParams): number[][] {
  return treeLeaves(params).map((leaf) => Array.from(leaf.readSync()));
}

describe("fit", () => {
  it("trains a network on blobs to a good accuracy on other points", async () => {
    const { params, status, message, steps, history } = await fit({
      loss, params: model.init(key(3)), optimizer: adam({ learningRate: 0.01 }), batches: () => training, epochs: 20,
    });
    expect({ status, message, steps }).toEqual({ status: "completed", message: "completed 20 epochs, 200 steps.", steps: 200 });
    expect(history.steps).toHaveLength(200);
    expect(history.epochs.map(({ epoch, steps: count }) => [epoch, count])).toEqual(Array.from({ length: 20 }, (_, epoch) => [epoch, 10]));
    const first = history.epochs[0]?.loss ?? 0;
    const last = history.epochs.at(-1)?.loss ?? 1;
    expect(last).toBeLessThan(0.2 * first);
    const result = await evaluate({ params, batches: () => test, metrics: { accuracy: accuracyOf } });
    expect(result.accuracy).toBeGreaterThanOrEqual(0.97);
  });

  it("finds the line behind noiseless points", async () => {
    const { params } = await fit({
      loss: lineLoss, params: line(), optimizer: momentum({ learningRate: 0.1, momentum: 0.9 }), batches: () => lineBatches(key(4), 10, 16), epochs: 30,
    });
    expect(params.slope.item()).toBeCloseTo(2, 4);
    expect(params.offset.item()).toBeCloseTo(-1, 4);
  });

  it("does what stochastic gradient descent does by hand", async () => {
    const batches = [[1, 3], [2, 5]].map(([x = 0, y = 0]) => ({ x: tensor([x]), y: tensor([y]) }));
    const { history, params } = await fit({ loss: lineLoss, params: line(), optimizer: sgd({ learningRate: 0.05 }), batches: () => batches, epochs: 1 });
    // Errors −3, then 0.3 · 2 + 0.3 − 5 = −4.1; each step moves by 0.05 · 2 · error · (x, 1).
    expect(history.steps[0]).toBeCloseTo(9, 6);
    expect(history.steps[1]).toBeCloseTo(4.1 ** 2, 5);
    expect(params.slope.item()).toBeCloseTo(0.3 + 0.82, 6);
    expect(params.offset.item()).toBeCloseTo(0.3 + 0.41, 6);
    expect(history.epochs[0]?.loss).toBeCloseTo((9 + 4.1 ** 2) / 2, 5);
  });

  it("gives the same bits for the same seed and others for another", async () => {
    const run = async (seed: number) =>
      fit({ loss, params: model.init(key(seed)), optimizer: adam(), batches: () => training, epochs: 2 });
    const [first, second, other] = [await run(5), await run(5), await run(6)];
    expect(second.history.steps).toEqual(first.history.steps);
    expect(numbersOf(second.params)).toEqual(numbersOf(first.params));
    expect(other.history.steps).not.toEqual(first.history.steps);
  });

  it("leaves the parameters and the state that it was given alone", async () => {
    const params = model.init(key(7));
    const optimizer = adam();
    const state = optimizer.init(params);
    const before = numbersOf(params);
    const options = { loss, params, state, optimizer, batches: () => training, epochs: 1 };
    const first = await fit(options);
    expect(numbersOf(params)).toEqual(before);
    expect((await fit(options)).history.steps).toEqual(first.history.steps);
  });

  it("goes on from parameters, state and epoch as if it had never stopped", async () => {
    const asked: number[] = [];
    const batches = (epoch: number): PointBatch[] => {
      asked.push(epoch);
      return epoch % 2 === 0 ? training : [...training].reverse();
    };
    const options = { loss, params: model.init(key(8)), optimizer: adam(), batches };
    const whole = await fit({ ...options, epochs: 4 });
    const half = await fit({ ...options, epochs: 2 });
    const rest = await fit({ ...options, params: half.params, state: half.state, epochs: 2, firstEpoch: 2 });
    expect(asked).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect([...half.history.steps, ...rest.history.steps]).toEqual(whole.history.steps);
    expect(numbersOf(rest.params)).toEqual(numbersOf(whole.params));
  });

  it("calls back after each step and, validated, after each epoch", async () => {
    const order: string[] = [];
    const infos: StepInfo[] = [];
    const records: EpochRecord[] = [];
    const { history } = await fit({
      loss, params: model.init(key(9)), optimizer: sgd({ learningRate: 0.1 }),
      batches: { epoch: () => training.slice(0, 2), batchesPerEpoch: 2 },
      epochs: 2,
      validation: () => test,
      metrics: { accuracy: accuracyOf },
      onStep: (info) => {
        order.push(`step ${String(info.step)}`);
        infos.push(info);
      },
      onEpoch: async ({ params, state: _state, variables: _variables, ...record }) => {
        await Promise.resolve();
        order.push(`epoch ${String(record.epoch)}`);
        records.push(record);
        expect(treeLeaves(params)[0]?.readSync()).toHaveLength(32);
      },
    });
    expect(order).toEqual(["step 1", "step 2", "epoch 0", "step 3", "step 4", "epoch 1"]);
    expect(infos.map(({ epoch, stepOfEpoch, batchesPerEpoch, loss: value }) => [epoch, stepOfEpoch, batchesPerEpoch, value])).toEqual([
      [0, 1, 2, history.steps[0]], [0, 2, 2, history.steps[1]], [1, 1, 2, history.steps[2]], [1, 2, 2, history.steps[3]],
    ]);
    expect(records).toEqual(history.epochs);
    expect(infos.every(({ seconds }, index) => seconds >= (infos[index - 1]?.seconds ?? 0))).toBe(true);
  });

  it("averages the loss of an epoch and its validation over examples, not batches", async () => {
    const batches = [[0, 0, 0], [3]].map((y) => ({ x: tensor(y.map(() => 0)), y: tensor(y) }));
    const { history } = await fit({
      loss: lineLoss, params: line(), optimizer: sgd({ learningRate: 0 }), batches: () => batches, epochs: 1,
      validation: () => batches,
      metrics: { largest: (_params, batch) => batch.y.mean().add(1) },
    });
    expect(history.epochs[0]?.loss).toBeCloseTo(9 / 4, 6);
    expect(history.epochs[0]?.validation).toEqual({ loss: 9 / 4, largest: (3 * 1 + 4) / 4 });
  });

  it("lets timers run while it trains", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    try {
      await fit({
        loss: lineLoss, params: line(), optimizer: sgd({ learningRate: 0 }), batches: () => lineBatches(key(1), 200, 4), epochs: 5,
        onStep: () => {
          const until = performance.now() + 0.5;
          while (performance.now() < until);
        },
      });
    } finally {
      clearInterval(timer);
    }
    // 1000 steps of half a millisecond are ten or more time slices.
    expect(ticks).toBeGreaterThanOrEqual(5);
  });
});
