import type { Tensor } from "@opt/core";
import { key, mul, randomUniform, scalar, tensor } from "@opt/core";
import { sgd } from "@opt/first-order";
import { describe, expect, it } from "vitest";
import type { LossContext } from "../src/index.ts";
import { evaluate, fit } from "../src/index.ts";

type Slope = { readonly slope: Tensor };
type Batch = { readonly x: Tensor; readonly y: Tensor };
type Running = { readonly mean: Tensor; readonly count: Tensor | number };

const slope = (): Slope => ({ slope: tensor(0, { dtype: "f64" }) });
const batches = [[1, 3], [2, 5], [4, 1]].map(([x = 0, y = 0]) => ({ x: tensor([x], { dtype: "f64" }), y: tensor([y], { dtype: "f64" }) }));
const squared = (params: Slope, batch: Batch): Tensor => batch.x.mul(params.slope).sub(batch.y).pow(2).mean();
const running = (): Running => ({ mean: tensor(0, { dtype: "f64" }), count: 0 });

/** Keeps a running average of the inputs, as batch normalization does. */
function averagingLoss(params: Slope, batch: Batch, { variables }: LossContext<Running>): readonly [Tensor, Running] {
  const mean = variables.mean.mul(0.5).add(batch.x.mean().mul(0.5));
  return [squared(params, batch), { mean, count: scalar((n) => n + 1, variables.count) }];
}

const common = { optimizer: sgd({ learningRate: 0.01 }), batches: () => batches };

describe("variables", () => {
  it("go from step to step and come back", async () => {
    const start = running();
    const seen: number[] = [];
    const { variables, params } = await fit({
      ...common, loss: averagingLoss, params: slope(), variables: start, epochs: 1, onStep: (info) => seen.push(info.variables.mean.item()),
    });
    expect(seen).toEqual([0.5, 1.25, 2.625]);
    expect(variables.mean.item()).toBe(2.625);
    expect(variables.count).toBe(3);
    expect(start.mean.item()).toBe(0);
    const plain = await fit({ ...common, loss: squared, params: slope(), epochs: 1 });
    expect(params.slope.item()).toBe(plain.params.slope.item());
    expect(plain.variables).toEqual({});
  });

  it("stay as they are in evaluations, which see them", async () => {
    const metrics = { mean: (_params: Slope, _batch: Batch, { variables }: LossContext<Running>) => mul(variables.mean, 1) };
    const { history, variables, params } = await fit({
      ...common, loss: averagingLoss, params: slope(), variables: running(), epochs: 1, validation: () => batches, metrics,
    });
    expect(history.epochs[0]?.validation?.["mean"]).toBe(2.625);
    expect(variables.mean.item()).toBe(2.625);
    expect(await evaluate({ params, variables, batches: () => batches, metrics })).toEqual({ mean: 2.625 });
  });

  it("are kept with the parameters when a step is not finite", async () => {
    const poisoned = [batches[0]!, { x: tensor([Number.NaN], { dtype: "f64" }), y: tensor([1], { dtype: "f64" }) }];
    const { status, variables } = await fit({ ...common, batches: () => poisoned, loss: averagingLoss, params: slope(), variables: running(), epochs: 1 });
    expect(status).toBe("non-finite");
    expect(variables.mean.item()).toBe(0.5);
    expect(variables.count).toBe(1);
  });

  it.each([
    ["another structure", () => ({ mean: tensor(0), total: 1 }), "count is missing"],
    ["more leaves", () => ({ ...running(), extra: 1 }), "extra is not in it"],
    ["another shape", () => ({ mean: tensor([0, 1], { dtype: "f64" }), count: 0 }), "variables.mean as it is in fit({ variables }), f64[]; got f64[2]"],
    ["another dtype", () => ({ mean: tensor(0, { dtype: "f32" }), count: 0 }), "f64[]; got f32[]"],
  ])("must come back as they went in: %s", async (_what, make, message) => {
    const loss = (params: Slope, batch: Batch): readonly [Tensor, Running] => [squared(params, batch), make() as unknown as Running];
    await expect(fit({ ...common, loss, params: slope(), variables: running(), epochs: 1 })).rejects.toThrow(message);
  });
});

describe("step", () => {
  it("counts from 0, or from firstStep, and recompiles nothing", async () => {
    let traces = 0;
    const scaled = (params: Slope, batch: Batch, { step }: LossContext): Tensor => {
      traces++;
      return squared(params, batch).mul(scalar((t) => 10 ** t, step));
    };
    const still = sgd({ learningRate: 0 });
    const { history } = await fit({ ...common, optimizer: still, loss: scaled, params: slope(), epochs: 1 });
    expect(history.steps).toEqual([9, 250, 100]);
    expect(traces).toBe(1);
    const later = await fit({ ...common, optimizer: still, loss: scaled, params: slope(), epochs: 1, firstStep: 3 });
    expect(later.history.steps).toEqual([9000, 250_000, 100_000]);
  });
});

describe("key", () => {
  const noisy = (params: Slope, batch: Batch, context: LossContext): Tensor =>
    context.training ? squared(params, batch).add(randomUniform(context.key, [], { dtype: "f64" })) : squared(params, batch);

  it("is another one in each step, and the same for the same step", async () => {
    const still = { ...common, optimizer: sgd({ learningRate: 0 }), loss: noisy, params: slope(), key: key(5) };
    const noiseOf = (steps: readonly number[], from: number): number[] => steps.map((loss, index) => loss - [9, 25, 1][(from + index) % 3]!);
    const twice = await fit({ ...still, epochs: 2 });
    const noise = noiseOf(twice.history.steps, 0);
    expect(new Set(noise.map((value) => value.toFixed(9))).size).toBe(6);
    const second = await fit({ ...still, epochs: 1, firstEpoch: 1, firstStep: 3 });
    expect(second.history.steps).toEqual(twice.history.steps.slice(3));
  });

  it("must be given if it is used", async () => {
    await expect(fit({ ...common, loss: noisy, params: slope(), epochs: 1 })).rejects.toThrow("fit was given no key. Add the option key: key(1).");
  });

  it("is not there in evaluations, which draw nothing", async () => {
    const { history } = await fit({ ...common, loss: noisy, params: slope(), key: key(5), epochs: 1, validation: () => batches });
    expect(history.epochs[0]?.validation?.["loss"]).toBeGreaterThan(0);
    const drawing = (_params: Slope, _batch: Batch, context: LossContext): Tensor => randomUniform(context.key, []);
    await expect(evaluate({ params: slope(), batches: () => batches, metrics: { drawing } })).rejects.toThrow("an evaluation has no key");
  });
});
