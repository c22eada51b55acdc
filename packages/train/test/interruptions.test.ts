import type { Tensor } from "@opt/core";
import { clone, key, log, tensor } from "@opt/core";
import { adam, sgd } from "@opt/first-order";
import { describe, expect, it } from "vitest";
import { evaluate, fit } from "../src/index.ts";
import type { LineBatch } from "./helpers.ts";
import { lineBatches } from "./helpers.ts";

type Line = { readonly slope: Tensor; readonly offset: Tensor };
const loss = (params: Line, batch: LineBatch): Tensor => batch.x.mul(params.slope).add(params.offset).sub(batch.y).pow(2).mean();
const start: Line = { slope: tensor(0), offset: tensor(0) };
const batches = (): LineBatch[] => lineBatches(key(1), 10, 8);
const numbers = (params: Line): number[] => [params.slope.item(), params.offset.item()];

describe("an abort signal", () => {
  it("ends training in the middle of an epoch and keeps what was reached", async () => {
    const controller = new AbortController();
    const full = await fit({ loss, params: start, optimizer: adam(), batches, epochs: 1 });
    const reached = await fit({
      loss, params: start, optimizer: adam(), batches, epochs: 3, signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 4) controller.abort();
      },
    });
    expect(reached.status).toBe("aborted");
    expect(reached.message).toBe("aborted by the signal in epoch 0, after 4 steps.");
    expect(reached.steps).toBe(4);
    expect(reached.history.steps).toEqual(full.history.steps.slice(0, 4));
    expect(reached.history.epochs).toEqual([]);
    // The other six steps lead to the same end.
    const rest = await fit({ loss, params: reached.params, state: reached.state, optimizer: adam(), batches: () => batches().slice(4), epochs: 1 });
    expect(numbers(rest.params)).toEqual(numbers(full.params));
  });

  it("may come from a timer", async () => {
    const result = await fit({
      loss, params: start, optimizer: sgd({ learningRate: 0.1 }), batches, epochs: 1_000_000, signal: AbortSignal.timeout(100),
    });
    expect(result.status).toBe("aborted");
    expect(result.steps).toBeGreaterThan(10);
    expect(result.params.slope.item()).toBeCloseTo(2, 3);
  });

  it("may be there from the beginning", async () => {
    const result = await fit({ loss, params: start, optimizer: adam(), batches, epochs: 1, signal: AbortSignal.abort() });
    expect([result.status, result.steps, numbers(result.params)]).toEqual(["aborted", 0, [0, 0]]);
  });

  it("ends an evaluation by throwing its reason", async () => {
    const reason = new Error("enough");
    await expect(evaluate({ params: start, batches, metrics: { loss }, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("a loss that is not finite", () => {
  it("ends training with the parameters and the state before the step", async () => {
    const poisoned = batches().map((batch, index) => (index === 3 ? { ...batch, y: tensor([1, Number.NaN, 1, 1, Number.POSITIVE_INFINITY, 1, 1, 1]) } : batch));
    const clean = await fit({ loss, params: start, optimizer: adam(), batches: () => batches().slice(0, 3), epochs: 1 });
    const result = await fit({ loss, params: start, optimizer: adam(), batches: () => poisoned, epochs: 1 });
    expect(result.status).toBe("non-finite");
    expect(result.nonFinite).toEqual({ step: 4, epoch: 0, path: "batch.y", count: 2, size: 8 });
    expect(result.message).toMatchInlineSnapshot(
      `"step 4 (epoch 0) was not taken, because batch.y holds 2 of 8 elements that are infinite or NaN; the parameters and state after step 3 are kept. Look for missing values and divisions by zero in the data."`,
    );
    expect(result.steps).toBe(3);
    expect(numbers(result.params)).toEqual(numbers(clean.params));
    // The state goes on, bit for bit, as if the bad batch had never been there.
    const rest = { loss, optimizer: adam(), batches: () => batches().slice(4), epochs: 1 };
    const after = await fit({ ...rest, params: result.params, state: result.state });
    const expected = await fit({ ...rest, params: clean.params, state: clean.state });
    expect(after.history.steps).toEqual(expected.history.steps);
  });

  it("comes from a huge learning rate, which leaves finite parameters and a remedy", async () => {
    const result = await fit({ loss, params: start, optimizer: sgd({ learningRate: 1e30 }), batches, epochs: 1 });
    expect(result.status).toBe("non-finite");
    expect(result.nonFinite?.path).toBe("loss");
    expect(numbers(result.params).every(Number.isFinite)).toBe(true);
    expect(result.message).toMatchInlineSnapshot(`"step 2 (epoch 0) was not taken, because loss is infinite or NaN; the parameters and state after step 1 are kept. Try a smaller learning rate or a warm-up, clip the gradients (clipByGlobalNorm), and compute losses from logits."`);
  });

  it("is foreseen where only the first update is too large for f32", async () => {
    const result = await fit({ loss, params: start, optimizer: adam({ learningRate: 1e300 }), batches, epochs: 1 });
    expect(result.nonFinite).toEqual({ step: 1, epoch: 0, path: "updates.slope", count: 1, size: 1 });
    expect(result.message).toMatchInlineSnapshot(`"step 1 (epoch 0) was not taken, because updates.slope is infinite or NaN; the initial parameters and state are kept. The loss and its gradients are finite: the learning rate is far too large."`);
    expect([result.steps, numbers(result.params)]).toEqual([0, [0, 0]]);
  });

  it("says that the step before overflowed where a later update is too large", async () => {
    // A schedule that explodes at the second step.
    const optimizer = sgd({ learningRate: (step) => (step === 1 ? 1e300 : 0.1) });
    const { nonFinite, message } = await fit({ loss, params: start, optimizer, batches, epochs: 1 });
    expect(nonFinite).toEqual({ step: 3, epoch: 0, path: "params.slope", count: 1, size: 1 });
    expect(message).toMatchInlineSnapshot(`"step 3 (epoch 0) was not taken, because params.slope is infinite or NaN: the update of step 2 overflowed. Start again from the parameters given to fit, which are unchanged, with a far smaller learning rate."`);
    expect(numbers(start)).toEqual([0, 0]);
  });

  it("is told by the path of the gradient when the loss itself is finite", async () => {
    // The derivative of √(w²) as √ of a square is 0/0 at 0, while the value is 0.
    const result = await fit({
      loss: (params: { layers: { weight: Tensor }[] }) => {
        const [layer] = params.layers;
        return layer === undefined ? tensor(0) : layer.weight.pow(2).sum().pow(0.5);
      },
      params: { layers: [{ weight: tensor([0, 0]) }] },
      optimizer: sgd({ learningRate: 0.1 }),
      batches,
      epochs: 1,
    });
    expect(result.nonFinite).toEqual({ step: 1, epoch: 0, path: "gradients.layers[0].weight", count: 2, size: 2 });
    expect(Array.from(result.params.layers[0]?.weight.readSync() ?? [])).toEqual([0, 0]);
  });

  it("is told by the path of a parameter that was bad from the beginning", async () => {
    const params = { ...clone(start), offset: tensor(Number.NaN) };
    const { nonFinite, message } = await fit({ loss, params, optimizer: adam(), batches, epochs: 1 });
    expect(nonFinite).toEqual({ step: 1, epoch: 0, path: "params.offset", count: 1, size: 1 });
    expect(message).toMatchInlineSnapshot(`"step 1 (epoch 0) was not taken, because params.offset is infinite or NaN; the initial parameters and state are kept. Look at the initializer, or at where the parameters were loaded from."`);
  });

  it("is the loss's own where all else is finite", async () => {
    const { nonFinite } = await fit({ loss: (params: Line) => log(params.slope.sub(1)), params: start, optimizer: adam(), batches, epochs: 1 });
    expect(nonFinite).toEqual({ step: 1, epoch: 0, path: "loss", count: 1, size: 1 });
  });
});
