import type { Optimizer, Tensor } from "@opt/core";
import { clone, fromArray, hostRandomNormal, key, splitKey, tensor } from "@opt/core";
import { minibatches, split, twoMoons } from "@opt/data";
import type { Batch } from "@opt/data";
import { adam, momentum, nesterov, rmsprop, sgd } from "@opt/first-order";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { describeOptimizer, matchers, readTree } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { averagedParameters, averageEpochs, polyakAverage, withAverage } from "../../src/index.ts";

expect.extend(matchers);

describeOptimizer("sgd with an average", (learningRate = 0.1) => withAverage(sgd({ learningRate }), polyakAverage({ kind: "tail" })), {
  learningRates: { "ill-conditioned bowl": 0.01, Rosenbrock: 0.001 },
  steps: { Rosenbrock: 20_000 },
});

describe("averaging in fit", () => {
  const model = mlp({ sizes: [2, 8, 2], activation: "tanh" });
  const [data] = split(twoMoons({ count: 128, key: key(1), noise: 0.1 }), 0.5, key(2));
  const options = {
    loss: (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets),
    params: model.init(key(3)),
    batches: minibatches(data, { batchSize: 16, key: key(4) }),
    epochs: 3,
  };
  const optimizers: Readonly<Record<string, Optimizer>> = {
    sgd: sgd({ learningRate: 0.1 }), momentum: momentum({ learningRate: 0.1 }), nesterov: nesterov({ learningRate: 0.1 }), rmsprop: rmsprop(), adam: adam(),
  };

  it.each(Object.entries(optimizers))("changes nothing about training with %s, and holds the mean of the parameters", async (_name, optimizer) => {
    const plain = await fit({ ...options, optimizer });
    const seen: MlpParams[] = [];
    const averaged = await fit({
      ...options,
      optimizer: withAverage(optimizer, polyakAverage()),
      onStep: ({ params }) => seen.push(clone(params)),
    });
    expect(averaged.history.steps).toEqual(plain.history.steps);
    expect(readTree(averaged.params)).toEqual(readTree(plain.params));
    const leaves = readTree(averagedParameters(averaged.state, averaged.params));
    leaves.forEach(({ values }, leaf) => {
      const passed = seen.map((params) => readTree(params)[leaf]?.values as ArrayLike<number>);
      Array.from(values as ArrayLike<number>).forEach((value, element) => {
        const mean = passed.reduce((total, point) => total + (point[element] ?? Number.NaN), 0) / passed.length;
        expect(value).toBeCloseTo(mean, 5);
      });
    });
    expect(seen).toHaveLength(12);
  });

  it("goes on from the state as if it had never stopped", async () => {
    const optimizer = withAverage(adam(), polyakAverage({ kind: "exponential", decay: 0.9 }));
    const whole = await fit({ ...options, optimizer, epochs: 4 });
    const half = await fit({ ...options, optimizer, epochs: 2 });
    const rest = await fit({ ...options, optimizer, params: half.params, state: half.state, epochs: 2, firstEpoch: 2 });
    expect(readTree(averagedParameters(rest.state, rest.params))).toEqual(readTree(averagedParameters(whole.state, whole.params)));
  });

  it("averages at the end of each epoch, and goes on from a state", async () => {
    const ends: number[] = [];
    const first = averageEpochs(polyakAverage(), { params: options.params });
    const weightOf = (params: MlpParams): number => params.layers[0]?.weight.readSync()[0] ?? Number.NaN;
    const onEpoch = (averaging: typeof first) => (info: { readonly params: MlpParams }): void => {
      averaging.onEpoch(info);
      ends.push(weightOf(info.params));
    };
    const half = await fit({ ...options, optimizer: adam(), onEpoch: onEpoch(first) });
    const second = averageEpochs(polyakAverage(), { state: first.state() });
    await fit({ ...options, optimizer: adam(), params: half.params, state: half.state, firstEpoch: 3, onEpoch: onEpoch(second) });
    const meanOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;
    expect(ends).toHaveLength(6);
    expect(weightOf(first.parameters())).toBeCloseTo(meanOf(ends.slice(0, 3)), 6);
    expect(weightOf(second.parameters())).toBeCloseTo(meanOf(ends), 6);
  });
});

describe("least squares with a constant rate and fresh noise in every gradient", () => {
  /** Excess error `½ E|θ − θ*|²` of the last iterate and of the mean after n steps, over many runs at once. */
  async function excessAfter(steps: number): Promise<{ last: number; mean: number }> {
    const runs = 400;
    const keys = splitKey(key(11), steps);
    const start = tensor(Array.from({ length: runs }, () => 0), { dtype: "f64" });
    const { params, state } = await fit({
      // The gradient of each run is θ − θ* + noise, with θ* = 0: at rest, the iterates scatter around it with variance ε / (2 − ε).
      loss: (theta: Tensor, noise: Tensor) => theta.add(noise).pow(2).sum().mul(0.5),
      params: start,
      optimizer: withAverage(sgd({ learningRate: 0.5 }), polyakAverage()),
      batches: () => keys.map((stepKey) => fromArray(Float64Array.from(hostRandomNormal(stepKey, runs)), [runs])),
      epochs: 1,
    });
    const half = (values: Tensor): number => values.pow(2).mean().item() / 2;
    return { last: half(params), mean: half(averagedParameters(state, params)) };
  }

  it("the error of the mean falls as 1/n, while the last iterate stays at its noise", async () => {
    const [early, late] = [await excessAfter(100), await excessAfter(1600)];
    // Standard errors of variances over 400 runs are √(2/400) = 7 %; four of them.
    const isNear = (value: number, expected: number): void => expect(Math.abs(value / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 400));
    isNear(early.last, 0.5 / (2 - 0.5) / 2);
    isNear(late.last, 0.5 / (2 - 0.5) / 2);
    // The mean of n iterates has variance 1/n to leading order: as small as that of the mean of the noise itself.
    isNear(early.mean, 1 / 100 / 2);
    isNear(late.mean, 1 / 1600 / 2);
  });
});
