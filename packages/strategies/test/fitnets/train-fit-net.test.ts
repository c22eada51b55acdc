import type { Tensor } from "@opt/core";
import { key, sigmoid, tanh } from "@opt/core";
import type { Batch } from "@opt/data";
import { minibatches, twoMoons } from "@opt/data";
import { adam } from "@opt/first-order";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import type { LeafContents } from "@opt/testing";
import { readTree } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { TrainStage } from "../../src/index.ts";
import { distillationLoss, layerActivations, trainFitNet } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { accuracyOf, batches, loss, makeOptimizer } from "../pretraining/digits.ts";
import { trainInPlace } from "../pretraining/train-in-place.ts";

describe("a FitNet on digits", () => {
  it("trains a thinner and deeper student that plain training leaves behind", async () => {
    const activations = layerActivations({ activation: sigmoid });
    const wide = mlp({ sizes: [100, 64, 10], activation: "sigmoid" });
    const thin = mlp({ sizes: [100, 24, 24, 24, 24, 10], activation: "sigmoid" });
    const train = (model: typeof thin, params: MlpParams, epochs: number): Promise<{ params: MlpParams }> =>
      fit({ params, loss: (at: MlpParams, batch: Batch) => loss(model.apply(at, batch.inputs), batch), batches, optimizer: makeOptimizer(), epochs });
    const teacher = (await train(wide, wide.init(key(4)), 20)).params;
    expect(accuracyOf((x) => wide.apply(teacher, x))).toBeGreaterThan(0.95);

    const start = thin.init(key(5));
    const student = await trainFitNet({
      teacher: { params: teacher, activations, layer: "layers[0]" },
      student: { params: start, activations, layer: "layers[2]" },
      loss,
      batches,
      key: key(6),
      regressorActivation: sigmoid,
      train: ({ name, params, loss: stageLoss, batches: stageBatches }) => fit({ params, loss: stageLoss, batches: stageBatches, optimizer: makeOptimizer(), epochs: name === "hint" ? 60 : 40 }),
    });
    expect(student.message).toBe("completed 2 stages.");
    expect(accuracyOf((x) => thin.apply(student.params, x))).toBeGreaterThan(0.95);
    // As many epochs as both stages together, from the same parameters.
    const plain = await train(thin, start, 100);
    expect(accuracyOf((x) => thin.apply(plain.params, x))).toBeLessThan(0.5);
  });
});

describe("trainFitNet", () => {
  const activations = layerActivations({ activation: tanh });
  const thin = mlp({ sizes: [2, 3, 3, 3, 2], activation: "tanh" });
  const moons = minibatches(twoMoons({ count: 64, key: key(1) }), { batchSize: 16, key: key(2) });
  const teacher = { params: mlp({ sizes: [2, 8, 2], activation: "tanh" }).init(key(3)), activations, layer: "layers[0]" };
  const student = { params: thin.init(key(4)), activations, layer: "layers[1]" };
  const base = {
    teacher,
    student,
    loss: (outputs: Tensor, batch: Batch) => softmaxCrossEntropy(outputs, batch.targets),
    batches: moons,
    key: key(5),
    train: (({ params, loss: stageLoss, batches: stageBatches }) => fit({ params, loss: stageLoss, batches: stageBatches, optimizer: adam(), epochs: 2 })) satisfies TrainStage,
  };

  it("starts the second stage from what the first left, and changes neither teacher nor student given", async () => {
    const before = readTree([teacher.params, student.params]);
    const seen: { from: LeafContents[]; to: LeafContents[] }[] = [];
    const train: TrainStage = async (stage) => {
      const from = readTree(stage.params);
      const trained = await base.train(stage);
      seen.push({ from, to: readTree(trained.params) });
      return trained;
    };
    const result = await trainFitNet({ ...base, train });
    const [hint, task] = seen;
    const hinted = hint?.to.filter(({ path }) => path.startsWith("student.")).map((leaf) => ({ ...leaf, path: leaf.path.replace("student.", "") }));
    expect(task?.from).toEqual(hinted);
    expect(readTree(result.params)).toEqual(task?.to);
    expect(readTree([teacher.params, student.params])).toEqual(before);
    expect(result.regressor.weight.shape).toEqual([3, 8]);
    expect(result.stages).toEqual(["hint", "task"].map((name) => ({ name, status: "completed", message: "completed 2 epochs, 8 steps.", steps: 8 })));
  });

  it("leaves what it was given to a trainer that works in place, too", async () => {
    const before = readTree([teacher.params, student.params]);
    const result = await trainFitNet({ ...base, train: trainInPlace });
    expect(readTree([teacher.params, student.params])).toEqual(before);
    expect(readTree(result.params)).not.toEqual(readTree(student.params));
  });

  it("mixes the teacher's softened outputs into the second stage where asked to", async () => {
    const distillation = { temperature: 2, weight: 0.7 };
    const losses: number[] = [];
    const [batch] = moons.epoch(0);
    const train: TrainStage = (stage) => {
      const [first] = stage.batches.epoch(0);
      losses.push(stage.loss(stage.params, first!).item());
      return { params: stage.params };
    };
    await trainFitNet({ ...base, distillation, train });
    const outputs = thin.apply(student.params, batch!.inputs);
    const softened = activations(teacher.params, batch!.inputs)["layers[1]"]!;
    expect(losses[1]).toBeCloseTo(distillationLoss(distillation)(outputs, softened, base.loss(outputs, batch!)).item(), 6);
  });

  it("ends after a stage that is aborted", async () => {
    const signal = AbortSignal.abort();
    const { status, message, stages } = await trainFitNet({ ...base, train: ({ params, loss: stageLoss, batches: stageBatches }) => fit({ params, loss: stageLoss, batches: stageBatches, optimizer: adam(), epochs: 1, signal }) });
    expect([status, stages.length]).toEqual(["stopped", 1]);
    expect(message).toBe('stopped after the stage "hint", which ended as aborted: aborted by the signal in epoch 0, after 0 steps.');
  });

  it("says what is wrong", async () => {
    const bad = (change: object): Promise<string> => mistake(() => trainFitNet({ ...base, ...change }));
    expect(await bad({ teacher: { ...teacher, layer: "hint" } })).toMatchInlineSnapshot(`"option: trainFitNet({ teacher.layer }): must be one of the layers layers[0], layers[1]; got "hint"."`);
    expect(await bad({ student: { ...student, layer: "layers[9]" } })).toMatchInlineSnapshot(`"option: trainFitNet({ student.layer }): must be one of the layers layers[0], layers[1], layers[2], layers[3]; got "layers[9]". Did you mean "layers[0]"?"`);
    expect(await bad({ batches: () => [] })).toMatchInlineSnapshot(`"data: trainFitNet({ batches }): must give at least one batch; epoch 0 has none."`);
    expect(await bad({ loss: 1 })).toMatchInlineSnapshot(`"option: trainFitNet({ loss }): must be a function (outputs, batch) => tensor; got 1."`);
    expect(await bad({ train: undefined })).toMatchInlineSnapshot(`"option: trainFitNet({ train }): must be a function (stage) => ({ params }); got undefined."`);
    expect(await bad({ distillation: { temperature: -1, weight: 1 } })).toMatchInlineSnapshot(`"option: distillationLoss({ temperature }): must be a number > 0; got -1."`);
    expect(await bad({ hints: 1 })).toMatchInlineSnapshot(`"option: trainFitNet({ hints }): unknown option. Known options: teacher, student, loss, batches, train, key, distillation, regressorActivation, weightInitializer."`);
  });
});
