import type { Tensor } from "@opt/core";
import { key, tensor, zeros } from "@opt/core";
import { minibatches, split, twoMoons } from "@opt/data";
import type { Batch } from "@opt/data";
import { adam, sgd } from "@opt/first-order";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { matchers, readTree } from "@opt/testing";
import { evaluate, fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { StoppingEpoch } from "../../src/index.ts";
import { earlyStopping, stopAfterSteps } from "../../src/index.ts";

expect.extend(matchers);

describe("a network that can learn its few and noisy examples by heart", async () => {
  const model = mlp({ sizes: [2, 64, 64, 2], activation: "relu" });
  const loss = (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
  const error = (params: MlpParams, batch: Batch): Tensor => accuracy(model.apply(params, batch.inputs), batch.targets).neg().add(1);
  const [known, test] = split(twoMoons({ count: 700, key: key(1), noise: 0.4 }), 100 / 700, key(2));
  const [training, validation] = split(known, 0.5, key(3));
  const all = (data: typeof known): ReturnType<typeof minibatches> => minibatches(data, { batchSize: 600, shuffle: "never" });
  const options = {
    loss, params: model.init(key(4)), optimizer: adam({ learningRate: 0.01 }), batches: minibatches(training, { batchSize: 10, key: key(5) }),
    validation: all(validation), metrics: { error },
  };
  const stopping = earlyStopping({ metric: "error", patience: 15 });
  const stopped = await fit({ ...options, epochs: 200, onEpoch: stopping.onEpoch, signal: stopping.signal });
  const full = await fit({ ...options, epochs: 120 });
  const measure = async (params: MlpParams, data: typeof known): Promise<{ loss: number; error: number }> => evaluate({ params, batches: all(data), metrics: { loss, error } });
  const validationErrors = stopped.history.epochs.map(({ validation: values }) => values?.["error"] ?? Number.NaN);
  const best = stopping.best();

  it("overfits when nothing stops it: the training loss falls on while the test loss rises", async () => {
    const [training0, test0] = [await measure(stopping.restore(stopped).params, training), await measure(stopping.restore(stopped).params, test)];
    const [training1, test1] = [await measure(full.params, training), await measure(full.params, test)];
    expect(training1.loss).toBeLessThan(0.5 * training0.loss);
    expect(test1.loss).toBeGreaterThan(1.5 * test0.loss);
  });

  it("is stopped after the patience, by the 0-1 error, while the surrogate loss still falls", () => {
    expect(stopped.status).toBe("aborted");
    expect(stopping.stopped()).toBe(true);
    expect(best).toMatchObject({ epoch: validationErrors.indexOf(Math.min(...validationErrors)), value: Math.min(...validationErrors) });
    expect(stopped.history.epochs).toHaveLength((best?.epoch ?? Number.NaN) + 1 + 15);
    expect(stopping.message()).toBe(`stopped: no improvement in 15 epochs; best error ${best?.value ?? ""} after epoch ${best?.epoch ?? ""}, ${best?.steps ?? ""} steps.`);
    const losses = stopped.history.epochs.map((record) => record.loss);
    expect(losses.at(-1)).toBeLessThan(losses[best?.epoch ?? 0] ?? 0);
  });

  it("gets its best parameters back, bit for bit, and they do no worse than the last ones", async () => {
    const restored = stopping.restore(stopped);
    expect((await measure(restored.params, validation)).error).toBeCloseTo(best?.value ?? Number.NaN, 6);
    const again = await fit({ ...options, epochs: (best?.epoch ?? 0) + 1 });
    expect(readTree(restored.params)).toEqual(readTree(again.params));
    expect(readTree(restored.state)).toEqual(readTree(again.state));
    expect((await measure(restored.params, test)).loss).toBeLessThan((await measure(stopped.params, test)).loss);
    expect(best?.steps).toBe(again.steps);
  });

  it("is retrained on all data for the steps that were best, or for as many passes", async () => {
    const retrain = async (steps: number): Promise<{ steps: number; params: MlpParams }> =>
      fit({ loss, params: model.init(key(4)), optimizer: adam({ learningRate: 0.01 }), batches: minibatches(known, { batchSize: 10, key: key(6) }), epochs: 1000, ...stopAfterSteps(steps) });
    const steps = stopping.retrainingSteps();
    const retrained = await retrain(steps);
    expect(steps).toBe(best?.steps);
    expect(retrained.steps).toBe(steps);
    expect((await measure(retrained.params, test)).loss).toBeLessThan((await measure(full.params, test)).loss);
    const passes = stopping.retrainingSteps({ trainingExamples: 50, allExamples: 100 });
    expect(passes).toBe(2 * steps);
    expect((await retrain(passes)).steps).toBe(passes);
  });
});

describe("earlyStopping", () => {
  const point = { params: { w: tensor([1]) }, state: { count: 3 }, variables: {} };
  const epochOf = (epoch: number, value: number): StoppingEpoch<{ w: Tensor }, { count: number }, object & Record<string, never>> => ({
    epoch, steps: 5, validation: { loss: value }, params: { w: tensor([epoch]) }, state: { count: epoch }, variables: {},
  });

  it("gives back what it is given before there is anything better, and says so", async () => {
    const stopping = earlyStopping({ patience: 2 });
    expect(stopping.restore(point)).toEqual(point);
    expect(stopping.best()).toBeUndefined();
    expect(stopping.message()).toBe("not stopped; loss was never a number.");
    await stopping.onEpoch(epochOf(0, Number.NaN));
    await stopping.onEpoch(epochOf(1, Number.NaN));
    expect(stopping.message()).toBe("stopped: no improvement in 2 epochs; loss was never a number.");
  });

  it("takes a function as metric, waits for it, and can look for the largest value", async () => {
    const stopping = earlyStopping({ metric: async ({ epoch }: { epoch: number }) => Promise.resolve([0.2, 0.9, 0.5][epoch] ?? 0), mode: "max", patience: 5 });
    for (const epoch of [0, 1, 2]) await stopping.onEpoch(epochOf(epoch, 0));
    expect(stopping.best()).toMatchObject({ epoch: 1, value: 0.9, steps: 10 });
    expect(stopping.restore(point).params.w).toBeAllClose([1]);
    expect(stopping.restore(point).state).toEqual({ count: 1 });
    expect(stopping.message()).toBe("not stopped; best the metric 0.9 after epoch 1, 10 steps.");
    expect(stopping.retrainingSteps({ trainingExamples: 3, allExamples: 4 })).toBe(14);
  });

  it("keeps the variables that belong to the best parameters", async () => {
    const stopping = earlyStopping({ patience: 3 });
    // Training pulls x past the validation's target, and the variables sum up what x was in each training step.
    const result = await fit({
      params: zeros([]),
      variables: { sum: zeros([]) },
      loss: (x, target: Tensor, { variables, training }) => {
        const error = x.sub(target).pow(2).mean();
        return training ? [error, { sum: variables.sum.add(x) }] : error;
      },
      optimizer: sgd({ learningRate: 0.1 }),
      batches: () => [tensor([2])],
      validation: () => [tensor([1])],
      epochs: 100,
      onEpoch: stopping.onEpoch,
      signal: stopping.signal,
    });
    const { params, variables } = stopping.restore(result);
    // x = 0, 0.4, 0.72, 0.976, 1.18, …
    expect(params).toBeAllClose(0.976);
    expect(variables.sum).toBeAllClose(0.4 + 0.72);
    expect(result.variables.sum.item()).toBeGreaterThan(3);
  });

  it("passes another signal on, without taking it for its own end", async () => {
    const controller = new AbortController();
    const stopping = earlyStopping({ patience: 3, signal: controller.signal });
    await stopping.onEpoch(epochOf(0, 1));
    controller.abort("enough");
    expect(stopping.signal.aborted).toBe(true);
    expect(stopping.signal.reason).toBe("enough");
    expect(stopping.stopped()).toBe(false);
    expect(earlyStopping({ patience: 3, signal: AbortSignal.abort() }).signal.aborted).toBe(true);
  });

  it("listens no more once it has stopped", async () => {
    const stopping = earlyStopping({ patience: 1 });
    for (const [epoch, value] of [2, 3, 1].entries()) await stopping.onEpoch(epochOf(epoch, value));
    expect(stopping.best()).toMatchObject({ epoch: 0, value: 2 });
  });
});

describe("stopAfterSteps", () => {
  it("ends training after so many steps, in the middle of an epoch", async () => {
    const run = { loss: (x: Tensor, batch: Tensor) => x.sub(batch).pow(2).mean(), params: zeros([]), optimizer: sgd({ learningRate: 0.1 }), batches: () => [tensor([1]), tensor([2]), tensor([3])] };
    const { steps, status } = await fit({ ...run, epochs: 10, ...stopAfterSteps(7) });
    expect({ steps, status }).toEqual({ steps: 7, status: "aborted" });
    expect((await fit({ ...run, epochs: 2, ...stopAfterSteps(7) })).steps).toBe(6);
  });
});
