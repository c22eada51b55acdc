import type { Tensor } from "@opt/core";
import { key, log, tensor } from "@opt/core";
import { drawDigits, minibatches, split, twoMoons } from "@opt/data";
import type { Batch } from "@opt/data";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { fromPlain, readTree, toPlain } from "@opt/testing";
import { evaluate, fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import { backtracking, batchMinimizer, bfgs, conjugateGradient, lbfgs, methodNames, newton, steepest, strongWolfe } from "../src/index.ts";
import type { BatchMinimizerOptions, Method } from "../src/index.ts";

const algorithm89: Method = { direction: conjugateGradient({ resetEvery: 20 }), search: strongWolfe() };

describe("on generated digits, through the same fit loop as first-order optimizers", () => {
  const [training, test] = split(drawDigits({ count: 1500, key: key(1), size: 14 }), 0.8, key(2));
  const model = mlp({ sizes: [196, 24, 10] });
  const loss = (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
  const accuracyOf = (params: MlpParams, batch: Batch): Tensor => accuracy(model.apply(params, batch.inputs), batch.targets);
  const batches = minibatches(training, { batchSize: 400, key: key(3) });
  const testBatches = minibatches(test, { batchSize: 400, key: key(3) });

  for (const [name, options] of Object.entries<BatchMinimizerOptions>({
    "Algorithm 8.9, memory kept": { method: algorithm89, stepsPerBatch: 5 },
    "Algorithm 8.9, reset on each batch": { method: algorithm89, stepsPerBatch: 5, memory: "reset" },
    "L-BFGS": { method: { direction: lbfgs(), search: strongWolfe() }, stepsPerBatch: 5 },
  })) {
    it(`${name}: learns from batches of 400 to a good accuracy on other digits`, async () => {
      const { params, status, history } = await fit({ loss, params: model.init(key(4)), optimizer: batchMinimizer(options), batches, epochs: 8 });
      expect(status).toBe("completed");
      expect(history.epochs.at(-1)!.loss).toBeLessThan(0.25 * history.epochs[0]!.loss);
      const { accuracy: reached } = await evaluate({ params, batches: testBatches, metrics: { accuracy: accuracyOf } });
      expect(reached).toBeGreaterThan(0.9);
    });
  }
});

describe("batchMinimizer", () => {
  const model = mlp({ sizes: [2, 4, 2] });
  const data = twoMoons({ count: 120, key: key(5) });
  const loss = (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);
  const batches = minibatches(data, { batchSize: 60, key: key(6) });
  const options = { loss, params: model.init(key(7)), batches };

  for (const method of methodNames) {
    it(`lowers the loss by ${method}, the same way each time`, async () => {
      const run = { ...options, optimizer: batchMinimizer({ method }), epochs: 5 };
      const first = await fit(run);
      expect(first.history.epochs.at(-1)!.loss).toBeLessThan(first.history.epochs[0]!.loss);
      expect((await fit(run)).history.steps).toEqual(first.history.steps);
    });

    it(`goes on by ${method} from a saved state as if it had never stopped`, async () => {
      const optimizer = batchMinimizer({ method });
      const whole = await fit({ ...options, optimizer, epochs: 4 });
      const half = await fit({ ...options, optimizer, epochs: 2 });
      const saved = JSON.stringify(toPlain(half.state));
      const state = fromPlain(JSON.parse(saved) as ReturnType<typeof toPlain>) as typeof half.state;
      const rest = await fit({ ...options, optimizer, params: half.params, state, epochs: 2, firstEpoch: 2, firstStep: half.steps });
      expect([...half.history.steps, ...rest.history.steps]).toEqual(whole.history.steps);
      expect(readTree(rest.params)).toEqual(readTree(whole.params));
    });
  }

  it("keeps the last step between batches, or nothing", async () => {
    const kept = await fit({ ...options, optimizer: batchMinimizer({ method: "bfgs" }), epochs: 2 });
    const reset = await fit({ ...options, optimizer: batchMinimizer({ method: "bfgs", memory: "reset" }), epochs: 2 });
    const descent = await fit({ ...options, optimizer: batchMinimizer({ method: { direction: steepest(), search: strongWolfe() }, memory: "reset" }), epochs: 2 });
    expect(reset.history.steps).toEqual(descent.history.steps);
    expect(kept.history.steps).not.toEqual(reset.history.steps);
  });

  it("says how it ended on each batch", async () => {
    const messages: (string | undefined)[] = [];
    const flat = (params: { x: Tensor }): Tensor => params.x.mul(0).sum();
    const onStep = ({ solverMessage }: { solverMessage?: string }): number => messages.push(solverMessage);
    await fit({ loss: flat, params: { x: tensor([1]) }, optimizer: batchMinimizer(), batches: () => [tensor([0])], epochs: 1, onStep });
    await fit({ ...options, optimizer: batchMinimizer({ stepsPerBatch: 3 }), epochs: 1, onStep });
    expect(messages).toEqual([
      "converged: the largest element of the gradient, 0, is within the tolerance 0 at x0 already, so no step was taken. It may be a maximum or a saddle point as well: try another x0.",
      "took all of its steps on this batch: 3.",
      "took all of its steps on this batch: 3.",
    ]);
  });

  it("ends training at a loss that is not finite, with the parameters before it", async () => {
    const params = { x: tensor([3, 4]) };
    const hole = (at: { x: Tensor }, batch: Tensor): Tensor => at.x.mul(at.x).mul(batch).sum();
    const result = await fit({ loss: hole, params, optimizer: batchMinimizer(), batches: () => [tensor([1, 1]), tensor([1, Number.NaN])], epochs: 1 });
    expect(result).toMatchObject({ status: "non-finite", steps: 1, nonFinite: { path: "batch", step: 2, count: 1 } });
    expect(readTree(result.params)).toEqual(readTree((await fit({ loss: hole, params, optimizer: batchMinimizer(), batches: () => [tensor([1, 1])], epochs: 1 })).params));
  });

  it("comes back from NaN inside a line search, and goes on", async () => {
    // x − ln x with a start far out: the first steps overshoot into x < 0.
    const barrier = ({ x }: { x: Tensor }): Tensor => x.sub(log(x)).sum();
    const result = await fit({
      loss: barrier, params: { x: tensor([60]) }, optimizer: batchMinimizer({ method: { direction: bfgs(), search: backtracking() } }), batches: () => [tensor([0])], epochs: 60,
    });
    expect(result.status).toBe("completed");
    expect(result.params.x.item()).toBeCloseTo(1, 3);
  });

  it("refuses what makes no sense when it is made", () => {
    const wrong = (value: unknown): never => value as never;
    expect(() => batchMinimizer({ stepsPerBatch: 0 })).toThrow("batchMinimizer({ stepsPerBatch }): must be an integer ≥ 1; got 0.");
    expect(() => batchMinimizer({ memory: wrong("forget") })).toThrow('batchMinimizer({ memory }): must be "keep" or "reset"; got "forget".');
    expect(() => batchMinimizer({ method: wrong("adam") })).toThrow('batchMinimizer({ method }): unknown method "adam".');
    expect(() => batchMinimizer({ method: { direction: conjugateGradient(), search: backtracking() } })).toThrow("batchMinimizer({ method }): conjugateGradient() with backtracking() makes no sense");
    expect(batchMinimizer({ method: { direction: newton(), search: backtracking() } })).toHaveProperty("solve");
    expect(() => batchMinimizer(wrong({ steps: 3 }))).toThrow("batchMinimizer({ steps }): unknown option.");
  });
});
