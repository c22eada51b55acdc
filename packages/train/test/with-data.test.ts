import type { Tensor } from "@opt/core";
import { key } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches, split, twoMoons } from "@opt/data";
import type { AdamState } from "@opt/first-order";
import { adam } from "@opt/first-order";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import { describe, expect, it } from "vitest";
import type { FitResult, StepInfo } from "../src/index.ts";
import { fit } from "../src/index.ts";

const [training, validation] = split(twoMoons({ count: 500, key: key(1), noise: 0.1 }), 0.8, key(2));
const model = mlp({ sizes: [2, 24, 2], activation: "tanh" });
const loss = (params: MlpParams, batch: Batch): Tensor => softmaxCrossEntropy(model.apply(params, batch.inputs), batch.targets);

function train(seed: number, onStep?: (info: StepInfo) => void): Promise<FitResult<MlpParams, AdamState>> {
  return fit({
    loss,
    params: model.init(key(seed)),
    optimizer: adam({ learningRate: 0.02 }),
    batches: minibatches(training, { batchSize: 64, shuffle: "every-epoch", key: key(seed) }),
    epochs: 80,
    validation: minibatches(validation, { batchSize: 64, shuffle: "never" }),
    metrics: { accuracy: (params, batch) => accuracy(model.apply(params, batch.inputs), batch.targets) },
    ...(onStep && { onStep }),
  });
}

describe("fit with minibatches of @opt/data", () => {
  it("separates two moons, the same bits every time", async () => {
    const steps: StepInfo[] = [];
    const first = await train(1, (info) => steps.push(info));
    expect(first.status).toBe("completed");
    expect(first.history.epochs.at(-1)?.validation?.accuracy).toBeGreaterThanOrEqual(0.98);
    // 400 examples are six batches of 64 and one of 16.
    expect(first.steps).toBe(80 * 7);
    expect(steps.at(-1)).toMatchObject({ step: 560, epoch: 79, stepOfEpoch: 7, batchesPerEpoch: 7 });
    expect((await train(1)).history.steps).toEqual(first.history.steps);
    expect((await train(2)).history.steps).not.toEqual(first.history.steps);
  });
});
