import type { Optimizer, Tensor, TensorTree } from "@opt/core";
import { clone, concatenate, fail, key, sigmoid, tanh, tensor } from "@opt/core";
import { minibatches, twoMoons } from "@opt/data";
import { adagrad, adam, rmsprop, sgd } from "@opt/first-order";
import { heNormal } from "@opt/init";
import { binaryCrossEntropy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { readTree } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { AutoencoderStageOptions, DenseLayer, DenseLayers, GreedyPretrainResult, SupervisedStageParams, TrainStage } from "../../src/index.ts";
import { autoencoderStage, gaussianNoise, greedyPretrain, maskingNoise } from "../../src/index.ts";
import { mistake } from "../mistake.ts";
import { accuracyOf, batches, loss, makeOptimizer } from "./digits.ts";
import { trainInPlace } from "./train-in-place.ts";

const deep = [100, 32, 32, 32, 32, 32, 10];
const accuracyReached = ({ apply, params }: GreedyPretrainResult): number => accuracyOf((x) => apply(params, x));

/** Trains every stage for some epochs. */
const trainFor = (epochs: number): TrainStage => ({ params, loss, batches }) => fit({ params, loss, batches, optimizer: makeOptimizer(), epochs });

/** What plain training of the same network with the same optimizer reaches. */
async function plainAccuracy(sizes: readonly number[], epochs: number): Promise<number> {
  const model = mlp({ sizes, activation: "sigmoid" });
  const { params } = await fit({
    params: model.init(key(3)),
    loss: (params: ReturnType<typeof model.init>, batch) => loss(model.apply(params, batch.inputs), batch),
    batches,
    optimizer: makeOptimizer(),
    epochs,
  });
  return accuracyOf((x) => model.apply(params, x));
}

describe("greedy pretraining of a deep sigmoid network on digits", () => {
  it("trains what plain training leaves behind, supervised, in no more epochs", async () => {
    const options = { sizes: deep, activation: sigmoid, loss, batches, key: key(3), train: trainFor(15) };
    const previous = await greedyPretrain(options);
    expect(previous.message).toBe("completed 6 stages.");
    expect(accuracyReached(previous)).toBeGreaterThan(0.95);
    expect(accuracyReached(await greedyPretrain({ ...options, inputs: "previous-and-raw" }))).toBeGreaterThan(0.95);
    expect(await plainAccuracy(deep, 6 * 15)).toBeLessThan(0.5);
  });

  it("trains it without labels first, by autoencoders of every kind", async () => {
    const sizes = [100, 32, 32, 32, 32, 10];
    const kinds: AutoencoderStageOptions[] = [
      { tied: true, decoderActivation: sigmoid },
      { tied: true, decoderActivation: sigmoid, corruption: maskingNoise(0.25) },
      { reconstructionLoss: (reconstruction, inputs) => binaryCrossEntropy(reconstruction, inputs) },
    ];
    for (const kind of kinds) {
      const train: TrainStage = ({ name, params, loss, batches }) =>
        fit({ params, loss, batches, optimizer: name === "fine-tuning" ? makeOptimizer() : adam({ learningRate: 0.01 }), epochs: 20 });
      const result = await greedyPretrain({ sizes, activation: sigmoid, loss, batches, key: key(3), train, makeStage: autoencoderStage(kind) });
      expect(accuracyReached(result)).toBeGreaterThan(0.9);
    }
    expect(await plainAccuracy(sizes, 5 * 20)).toBeLessThan(0.5);
  });
});

describe("greedyPretrain", () => {
  const moons = minibatches(twoMoons({ count: 64, key: key(1) }), { batchSize: 16, key: key(2) });
  const base = {
    sizes: [2, 6, 5, 4, 2],
    activation: tanh,
    loss: (outputs: Tensor, batch: { readonly targets: Tensor; readonly inputs: Tensor }) => softmaxCrossEntropy(outputs, batch.targets),
    batches: moons,
    train: (({ params, loss, batches }) => fit({ params, loss, batches, optimizer: adam({ learningRate: 0.01 }), epochs: 2 })) satisfies TrainStage,
    key: key(3),
  };

  /** What a stage started from, what it reached, and its loss on its first batch. */
  type Observed = { readonly name: string; readonly from: TensorTree; readonly to: TensorTree; readonly firstLoss: number };

  /** Watches the stages of a run. */
  async function observe(options: { readonly inputs?: "previous-and-raw"; readonly fineTune?: boolean } = {}): Promise<{ result: GreedyPretrainResult; stages: Observed[] }> {
    const stages: Observed[] = [];
    const train: TrainStage = async (stage) => {
      const [batch] = stage.batches.epoch(0);
      if (batch === undefined) throw new Error("no batch");
      const trained = await base.train(stage);
      stages.push({ name: stage.name, from: clone(stage.params), to: clone(trained.params), firstLoss: stage.loss(stage.params, batch).item() });
      return trained;
    };
    return { result: await greedyPretrain({ ...base, ...options, train }), stages };
  }

  // Every stage here is a supervised one.
  const hiddenOf = (tree: TensorTree): DenseLayer => (tree as SupervisedStageParams).hidden;
  const outputOf = (tree: TensorTree): DenseLayer => (tree as SupervisedStageParams).output;
  const [batch = fail("data", "no batch")] = moons.epoch(0);

  it("trains each new layer alone, on the layers below as they were left", async () => {
    const { result, stages } = await observe({ fineTune: false });
    expect(stages.map(({ name }) => name)).toEqual(["layer 0", "layer 1", "layer 2"]);
    const hidden = stages.map(({ to }) => hiddenOf(to));
    expect(readTree(result.params)).toEqual(readTree({ layers: [...hidden, outputOf(stages[2]!.to)] }));
    // The loss of a stage is that of the network which its layers make.
    stages.forEach(({ from, firstLoss }, layer) => {
      const network = mlp({ sizes: [2, ...base.sizes.slice(1, layer + 2), 2], activation: "tanh" });
      const outputs = network.apply({ layers: [...hidden.slice(0, layer), hiddenOf(from), outputOf(from)] }, batch.inputs);
      expect(firstLoss).toBeCloseTo(base.loss(outputs, batch).item(), 6);
    });
  });

  it("fine-tunes all layers from there, the last output layer too", async () => {
    const { result, stages } = await observe();
    const pretrained = stages.slice(0, 3).map(({ to }) => hiddenOf(to));
    expect(readTree(stages[3]!.from)).toEqual(readTree({ layers: [...pretrained, outputOf(stages[2]!.to)] }));
    expect(readTree(result.params)).toEqual(readTree(stages[3]!.to));
    expect(result.stages).toEqual(["layer 0", "layer 1", "layer 2", "fine-tuning"].map((name) => ({ name, status: "completed", message: "completed 2 epochs, 8 steps.", steps: 8 })));
    const network = mlp({ sizes: base.sizes, activation: "tanh" });
    expect(result.apply(result.params, batch.inputs).readSync()).toEqual(network.apply(result.params, batch.inputs).readSync());
  });

  it("joins the raw input to what each layer after the first sees", async () => {
    const { result, stages } = await observe({ inputs: "previous-and-raw" });
    expect(readTree(result.params).map(({ path, shape }) => `${path} ${shape.join(" ")}`)).toEqual([
      "layers[0].weight 2 6", "layers[0].bias 6",
      "layers[1].weight 8 5", "layers[1].bias 5",
      "layers[2].weight 7 4", "layers[2].bias 4",
      "layers[3].weight 4 2", "layers[3].bias 2",
    ]);
    const layerOf = (index: number, x: Tensor): Tensor => x.matmul(result.params.layers[index]!.weight).add(result.params.layers[index]!.bias);
    const first = tanh(layerOf(0, batch.inputs));
    const second = tanh(layerOf(1, concatenate([first, batch.inputs], 1)));
    const third = tanh(layerOf(2, concatenate([second, batch.inputs], 1)));
    expect(result.apply(result.params, batch.inputs).readSync()).toEqual(layerOf(3, third).readSync());
    const fineTuned = stages[3]!;
    expect(fineTuned.firstLoss).toBeCloseTo(base.loss(result.apply(fineTuned.from as DenseLayers, batch.inputs), batch).item(), 6);
  });

  it("spoils every batch of every epoch otherwise, and the same the next time", async () => {
    const corrupted: string[] = [];
    const train: TrainStage = ({ name, params, batches }) => {
      const read = (epoch: number): string[] => [...batches.epoch(epoch)].map((each) => readTree(each).filter(({ path }) => path === "corrupted").map(({ values }) => String(values)).join());
      if (name === "layer 0") corrupted.push(...read(0), ...read(1), ...read(0));
      return { params };
    };
    const same = [...moons.epoch(0)][0]!;
    await greedyPretrain({ ...base, batches: () => [same, same], train, makeStage: autoencoderStage({ corruption: gaussianNoise(1) }) });
    expect(corrupted).toHaveLength(6);
    expect(new Set(corrupted).size).toBe(4);
    expect(corrupted.slice(4)).toEqual(corrupted.slice(0, 2));
  });

  it("gives the same bits for the same key, and others for another", async () => {
    const run = async (seed: number): Promise<unknown> => readTree((await greedyPretrain({ ...base, key: key(seed) })).params);
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
  });

  it("goes with any optimizer, in f64 and with another initializer too", async () => {
    const optimizers: Optimizer[] = [sgd({ learningRate: 0.1 }), adagrad({ learningRate: 0.1 }), rmsprop({ learningRate: 0.01, weightDecay: 0.001 })];
    for (const optimizer of optimizers) {
      const { status } = await greedyPretrain({ ...base, train: ({ params, loss, batches }) => fit({ params, loss, batches, optimizer, epochs: 1 }) });
      expect(status).toBe("completed");
    }
    const f64 = [{ inputs: tensor([[1, 2], [3, 4]], { dtype: "f64" }), targets: tensor([0, 1], { dtype: "i32" }) }];
    const { params } = await greedyPretrain({ ...base, batches: () => f64, dtype: "f64", weightInitializer: heNormal() });
    expect(readTree(params).map(({ dtype }) => dtype)).toEqual(Array.from({ length: 8 }, () => "f64"));
  });

  it("takes a stage of one's own", async () => {
    const falls: boolean[] = [];
    const train: TrainStage = async (stage) => {
      const [first = fail("data", "no batch")] = stage.batches.epoch(0);
      const { params } = await fit({ params: stage.params, loss: stage.loss, batches: stage.batches, optimizer: adam({ learningRate: 0.05 }), epochs: 10 });
      falls.push(stage.loss(params, first).item() < 0.5 * stage.loss(stage.params, first).item());
      return { params };
    };
    const result = await greedyPretrain({
      ...base,
      train,
      fineTune: false,
      // Each layer learns outputs whose units have the mean square 1/2.
      makeStage: ({ key: stageKey, inputs, units, activation, draw }) => ({
        params: draw(stageKey, inputs, units),
        prepare: (each) => each,
        loss: ({ weight, bias }: DenseLayer, { inputs: x }) => activation(x.matmul(weight).add(bias)).pow(2).mean(0).sub(0.5).pow(2).sum(),
        hidden: (params: DenseLayer) => params,
      }),
    });
    expect(falls).toEqual([true, true, true]);
    expect(result.message).toBe("completed 3 stages.");
  });

  it("lets a trainer work in place, and keeps what each stage reached", async () => {
    const reached: TensorTree[] = [];
    const train: TrainStage = (stage) => {
      const trained = trainInPlace(stage);
      reached.push(trained.params);
      return trained;
    };
    const { params } = await greedyPretrain({ ...base, train });
    expect(readTree(reached[3]!)).toEqual(readTree(params));
    expect(readTree(reached.slice(0, 3)).every(({ values }) => Array.from(values as Float32Array).every(Number.isFinite))).toBe(true);
  });

  it("ends after a stage that is aborted, with fresh layers above", async () => {
    const controller = new AbortController();
    const train: TrainStage = ({ name, params, loss, batches }) => {
      if (name === "layer 1") controller.abort();
      return fit({ params, loss, batches, optimizer: adam(), epochs: 1, signal: controller.signal });
    };
    const { params, status, message, stages } = await greedyPretrain({ ...base, train });
    expect(status).toBe("stopped");
    expect(message).toBe('stopped after the stage "layer 1", which ended as aborted: aborted by the signal in epoch 0, after 0 steps.');
    expect(stages.map(({ name }) => name)).toEqual(["layer 0", "layer 1"]);
    expect(params.layers.map(({ weight }) => weight.shape)).toEqual([[2, 6], [6, 5], [5, 4], [4, 2]]);
  });

  it("ends after a stage whose numbers are not finite", async () => {
    const train: TrainStage = ({ params, loss, batches }) => fit({ params, loss, batches, optimizer: sgd({ learningRate: 1e38 }), epochs: 3 });
    const { status, stages } = await greedyPretrain({ ...base, train });
    expect([status, stages.map((stage) => `${stage.name}: ${String(stage.status)}`)]).toEqual(["stopped", ["layer 0: non-finite"]]);
  });

  it("says what is wrong", async () => {
    const bad = (change: object): Promise<string> => mistake(() => greedyPretrain({ ...base, ...change }));
    expect(await bad({ sizes: [2, 2] })).toMatchInlineSnapshot(`"option: greedyPretrain({ sizes }): must list three or more lengths, from the input over hidden layers to the output; got [2, 2]. Use for example [784, 100, 10]."`);
    expect(await bad({ sizes: [2, 0, 2] })).toMatchInlineSnapshot(`"option: greedyPretrain({ sizes[1] }): must be an integer ≥ 1; got 0."`);
    expect(await bad({ activation: "tanh" })).toMatchInlineSnapshot(`"option: greedyPretrain({ activation }): must be a function (x) => tensor, such as tanh of @opt/core; got "tanh"."`);
    expect(await bad({ loss: undefined })).toMatchInlineSnapshot(`"option: greedyPretrain({ loss }): must be a function (outputs, batch) => tensor; got undefined."`);
    expect(await bad({ batches: [] })).toMatchInlineSnapshot(`"option: greedyPretrain({ batches }): must be a function of the epoch's number that returns batches, or have a method epoch(n); got []. Use minibatches of @opt/data, or (epoch) => batches for an array."`);
    expect(await bad({ train: undefined })).toMatchInlineSnapshot(`"option: greedyPretrain({ train }): must be a function (stage) => ({ params }), such as (stage) => fit({ params: stage.params, loss: stage.loss, batches: stage.batches, … }); got undefined."`);
    expect(await bad({ train: () => 3 })).toMatchInlineSnapshot(`"option: greedyPretrain({ train }): must return { params }, or a promise of it, as fit does; got 3 from the stage "layer 0"."`);
    expect(await bad({ key: 3 })).toMatchInlineSnapshot(`"option: greedyPretrain({ key }): must be a random key; got 3. Use key(seed) of @opt/core."`);
    expect(await bad({ makeStage: {} })).toMatchInlineSnapshot(`"option: greedyPretrain({ makeStage }): must be a function (place) => stage, such as supervisedStage or autoencoderStage(); got an empty object."`);
    expect(await bad({ inputs: "raw" })).toMatchInlineSnapshot(`"option: greedyPretrain({ inputs }): must be "previous" or "previous-and-raw"; got "raw"."`);
    expect(await bad({ fineTune: 1 })).toMatchInlineSnapshot(`"option: greedyPretrain({ fineTune }): must be true or false; got 1."`);
    expect(await bad({ dtype: "i32" })).toMatchInlineSnapshot(`"option: greedyPretrain({ dtype }): must be "f32" or "f64"; got "i32". Did you mean "f32"?"`);
    expect(await bad({ weightInitializer: 0 })).toMatchInlineSnapshot(`"option: greedyPretrain({ weightInitializer }): must be a function (key, shape, options) => tensor, such as heNormal() of @opt/init; got 0."`);
    expect(await bad({ finetune: true })).toMatchInlineSnapshot(`"option: greedyPretrain({ finetune }): unknown option. Did you mean "fineTune"?"`);
    expect(await bad({ sizes: [3, 4, 2] })).toMatchInlineSnapshot(`"shape: greedyPretrain({ sizes: [3, 4, 2] }): a batch's inputs must have shape [batch, 3]; got [16, 2]. Flatten each example with reshape([batch, 3])."`);
  });
});
