import type { Tensor } from "@opt/core";
import { compile, grad, key, scalar, tensor } from "@opt/core";
import type { Scalar } from "@opt/core";
import { twoMoons } from "@opt/data";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { ExampleBatch } from "../../src/index.ts";
import { difficultyByLoss, selfPacedWeights, weightedMean } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

expect.extend(matchers);

describe("difficultyByLoss", () => {
  const model = mlp({ sizes: [2, 8, 2] });
  const params = model.init(key(1));
  const data = twoMoons({ count: 50, key: key(2) });
  const losses = ({ inputs, targets }: ExampleBatch): Tensor => softmaxCrossEntropy(model.apply(params, inputs), targets, { reduction: "none" });

  it("scores each example by its loss, whatever the batches", async () => {
    const scores = await difficultyByLoss(data, losses);
    const batch = { inputs: tensor(data.inputs, { shape: [50, 2] }), targets: tensor(data.targets, { shape: [50] }) };
    expect(scores).toEqual(Float64Array.from(losses(batch).readSync()));
    expect(await difficultyByLoss(data, losses, { batchSize: 7 })).toEqual(scores);
  });

  it("says what is wrong", async () => {
    expect(await mistake(() => difficultyByLoss(data, (batch) => losses(batch).mean()))).toMatchInlineSnapshot(`"shape: difficultyByLoss(data, losses): losses must give one number for each of 50 examples, [50]; got []. Use reduction: "none"."`);
    expect(await mistake(() => difficultyByLoss(data, 3 as never))).toMatchInlineSnapshot(`"option: difficultyByLoss({ losses }): must be a function (batch) => tensor; got 3."`);
    expect(await mistake(() => difficultyByLoss({} as never, losses))).toMatchInlineSnapshot(`"data: difficultyByLoss(data): must have inputs, inputShape, targets, targetShape and size; got an empty object. Use dataset(…) of @opt/data."`);
    expect(await mistake(() => difficultyByLoss(data, losses, { batchSize: 0 }))).toMatchInlineSnapshot(`"option: difficultyByLoss({ batchSize }): must be an integer ≥ 1; got 0."`);
    expect(await mistake(() => difficultyByLoss(data, losses, { batch: 3 } as never))).toMatchInlineSnapshot(`"option: difficultyByLoss({ batch }): unknown option. Known options: batchSize."`);
  });
});

describe("selfPacedWeights", () => {
  const losses = tensor([0.5, 1, 2, 4], { dtype: "f64" });

  it("minimizes Σ w L − λ Σ w, or Σ w L + λ Σ (w²/2 − w), over weights in [0, 1]", () => {
    const threshold = 2;
    const objective = { hard: (w: number, loss: number) => w * loss - threshold * w, linear: (w: number, loss: number) => w * loss + threshold * (w ** 2 / 2 - w) };
    for (const form of ["hard", "linear"] as const) {
      const weights = selfPacedWeights(losses, { threshold, form }).readSync();
      Array.from(losses.readSync()).forEach((loss, index) => {
        const best = Math.min(...Array.from({ length: 101 }, (_, step) => objective[form](step / 100, loss)));
        expect(objective[form](weights[index]!, loss)).toBeLessThanOrEqual(best + 1e-12);
      });
    }
    expect(Array.from(selfPacedWeights(losses, { threshold, form: "linear" }).readSync())).toEqual([0.75, 0.5, 0, 0]);
  });

  it("leaves out what is at the threshold or above it", () => {
    expect(Array.from(selfPacedWeights(losses, { threshold: 2 }).readSync())).toEqual([1, 1, 0, 0]);
  });

  it("is not differentiated through", () => {
    const loss = (at: Tensor): Tensor => weightedMean(at, selfPacedWeights(at, { threshold: 2, form: "linear" }));
    // The weights 3/4 and 1/2 over their sum, and nothing from their own dependence on the losses.
    expect(grad(loss)(losses)).toBeAllClose([0.6, 0.4, 0, 0], { relative: 1e-15 });
  });

  it("takes a threshold that rises with the step, and recompiles nothing", () => {
    let traces = 0;
    const weigh = compile((at: Tensor, step: Scalar) => {
      traces++;
      return selfPacedWeights(at, { threshold: scalar((count) => 1 + count, step) });
    });
    expect([0, 1, 3].map((step) => Array.from(weigh(losses, step).readSync()))).toEqual([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]);
    expect(traces).toBe(1);
  });

  it("says what is wrong", async () => {
    expect(await mistake(() => selfPacedWeights(losses, { threshold: 0 }))).toMatchInlineSnapshot(`"option: selfPacedWeights({ threshold }): must be a number > 0; got 0."`);
    expect(await mistake(() => selfPacedWeights(losses, { threshold: "1" as never }))).toMatchInlineSnapshot(`"option: selfPacedWeights({ threshold }): must be a number > 0 or a host scalar; got "1"."`);
    expect(await mistake(() => selfPacedWeights(losses, { threshold: 1, form: "soft" as never }))).toMatchInlineSnapshot(`"option: selfPacedWeights({ form }): must be "hard" or "linear"; got "soft"."`);
    expect(await mistake(() => selfPacedWeights(tensor([1], { dtype: "i32" }), { threshold: 1 }))).toMatchInlineSnapshot(`"dtype: selfPacedWeights(losses, options): losses must be f32 or f64; got i32."`);
  });
});
