import type { Key, Tensor, TensorTree } from "@opt/core";
import { clone, compile, concatenate, fail, foldIn, splitKey } from "@opt/core";
import type { DenseLayer, DenseLayers } from "./dense-layer.ts";
import { applyLayer, drawLayer } from "./dense-layer.ts";
import type { GreedyPretrainOptions } from "./greedy-options.ts";
import { checkGreedyOptions } from "./greedy-options.ts";
import type { LayerStage, MakeStage } from "./layer-stage.ts";
import type { SupervisedStageParams } from "./supervised-stage.ts";
import { supervisedStage } from "./supervised-stage.ts";
import type { EpochSource, InputBatch, StageRecord, StagesStatus } from "./training-stage.ts";
import { epochSource, runStage, stagesMessage } from "./training-stage.ts";

/** The result of {@link greedyPretrain}. */
export interface GreedyPretrainResult {
  /** The network, as `mlp` of `@opt/nn` has it: all hidden layers and the output layer. */
  readonly params: DenseLayers;
  /** Computes the outputs of inputs; with `inputs: "previous"` this is what `mlp` computes. */
  readonly apply: (params: DenseLayers, x: Tensor) => Tensor;
  /** What was trained, in order. */
  readonly stages: readonly StageRecord[];
  readonly status: StagesStatus;
  /** The status as a sentence. */
  readonly message: string;
}

/** A batch with other inputs. */
function withInputs<Batch extends InputBatch>(batch: Batch, inputs: Tensor): Batch {
  // A batch with a property is an object; the type of trees would also allow a list.
  return { ...(batch as object), inputs } as Batch;
}

/** The batches of a stage: the batches of the run with this layer's inputs, prepared in one compiled call. */
function stageBatches<Batch extends InputBatch, StageBatch extends TensorTree>(
  source: EpochSource<Batch>,
  layers: readonly DenseLayer[],
  encode: (layers: readonly DenseLayer[], x: Tensor) => Tensor,
  stage: Pick<LayerStage<Batch, TensorTree, StageBatch>, "prepare">,
  key: Key,
): EpochSource<StageBatch> {
  const prepare = compile((lower: readonly DenseLayer[], batch: Batch, batchKey: Key) => stage.prepare(withInputs(batch, encode(lower, batch.inputs)), batchKey), { donate: [] });
  function* walk(epoch: number): Generator<StageBatch> {
    const epochKey = foldIn(key, epoch);
    let index = 0;
    for (const batch of source.epoch(epoch)) {
      yield prepare(layers, batch, foldIn(epochKey, index));
      index++;
    }
  }
  return {
    epoch: (epoch) => ({ [Symbol.iterator]: () => walk(epoch) }),
    ...(source.batchesPerEpoch !== undefined && { batchesPerEpoch: source.batchesPerEpoch }),
  };
}

/**
 * Trains a deep network one hidden layer at a time, then all layers together.
 *
 * Stage i minimizes the stage's loss over a new hidden layer i alone; its inputs `hᵢ = f(hᵢ₋₁ Wᵢ₋₁ + bᵢ₋₁)`, `h₀ = x`, come from the layers
 * trained before, which stay as they are and are not differentiated. Fine-tuning then minimizes the task's loss over all layers, from the
 * pretrained ones and an output layer. The stages call `train`, which is yours; a stage that ends as `aborted` or `non-finite` ends
 * the run, and layers not yet trained are fresh.
 *
 * @param options - Sizes, activation, loss, batches, your `train`, a key; what trains a layer, what it sees, and fine-tuning.
 * @returns The parameters, the function that applies them, and a record of each stage.
 * @throws OptError `option` for bad options, `shape` for inputs of another length, and what `train` throws.
 *
 * @example
 * ```ts
 * import { key, square, tanh } from "@opt/core";
 * import { minibatches, twoMoons } from "@opt/data";
 * import { adam } from "@opt/first-order";
 * import { softmaxCrossEntropy } from "@opt/nn";
 * import { greedyPretrain } from "@opt/strategies";
 * import { fit } from "@opt/train";
 *
 * const { params, apply } = await greedyPretrain({
 *   sizes: [2, 8, 8, 2],
 *   activation: tanh,
 *   loss: (outputs, batch) => softmaxCrossEntropy(outputs, batch.targets),
 *   batches: minibatches(twoMoons({ count: 64, key: key(1) }), { batchSize: 16, key: key(2) }),
 *   train: ({ params, loss, batches }) => fit({ params, loss, batches, optimizer: adam(), epochs: 2 }),
 *   key: key(3),
 * });
 * ```
 * @see Bengio, Lamblin, Popovici and Larochelle, "Greedy layer-wise training of deep networks", 2007.
 * @see Yu, Wang and Deng, "Sequential labeling using deep-structured conditional random fields", 2010: previous outputs and raw inputs joined.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 8.7.4.
 */
export async function greedyPretrain<Batch extends InputBatch, Params extends TensorTree = SupervisedStageParams, StageBatch extends TensorTree = Batch>(
  options: GreedyPretrainOptions<Batch, Params, StageBatch>,
): Promise<GreedyPretrainResult> {
  checkGreedyOptions(options);
  const { sizes, activation, loss, train, inputs = "previous", fineTune = true, weightInitializer, dtype = "f32" } = options;
  // Without makeStage the type parameters keep their defaults, which are those of the supervised stage.
  const makeStage = options.makeStage ?? (supervisedStage as unknown as MakeStage<Batch, Params, StageBatch>);
  const source = epochSource("greedyPretrain", options.batches);
  const joined = inputs === "previous-and-raw";
  const [length = 1] = sizes;
  const outputs = sizes.at(-1) ?? 1;
  const hiddenSizes = sizes.slice(1, -1);
  const [freshKey, stageKey, batchKey] = splitKey(options.key, 3);
  const draw = (key: Key, from: number, to: number): DenseLayer => drawLayer(key, from, to, dtype, weightInitializer);
  const inputsOf = (layer: number): number => (layer === 0 ? length : (sizes[layer] ?? 1) + (joined ? length : 0));

  /** What the layer after `layers` sees. */
  const encode = (layers: readonly DenseLayer[], x: Tensor): Tensor => {
    if (x.rank !== 2 || x.shape[1] !== length) {
      fail("shape", `greedyPretrain({ sizes: [${sizes.join(", ")}] }): a batch's inputs must have shape [batch, ${length}]; got [${x.shape.join(", ")}]. Flatten each example with reshape([batch, ${length}]).`);
    }
    return layers.reduce((hidden, layer) => {
      const outputsOfLayer = activation(applyLayer(layer, hidden));
      return joined ? concatenate([outputsOfLayer, x], 1) : outputsOfLayer;
    }, x);
  };
  const apply = (params: DenseLayers, x: Tensor): Tensor => {
    const last = params.layers.at(-2);
    const output = params.layers.at(-1);
    if (last === undefined || output === undefined) return fail("tree", "greedyPretrain: apply(params, x): params.layers must hold the hidden layers and the output layer.");
    return applyLayer(output, activation(applyLayer(last, encode(params.layers.slice(0, -2), x))));
  };

  const trained: DenseLayer[] = [];
  const stages: StageRecord[] = [];
  let output = draw(foldIn(freshKey, hiddenSizes.length), hiddenSizes.at(-1) ?? 1, outputs);
  let ended = false;
  for (let layer = 0; layer < hiddenSizes.length && !ended; layer++) {
    const stage = makeStage({ layer, inputs: inputsOf(layer), units: hiddenSizes[layer] ?? 1, outputs, activation, loss, key: foldIn(stageKey, layer), draw });
    const batches = stageBatches(source, [...trained], encode, stage, foldIn(batchKey, layer));
    const result = await runStage("greedyPretrain", train, { name: `layer ${layer}`, params: stage.params, loss: (params, batch: StageBatch) => stage.loss(params, batch), batches });
    ended = result.ended;
    stages.push(result.record);
    trained.push(stage.hidden(result.params));
    if (layer === hiddenSizes.length - 1 && stage.output !== undefined) output = stage.output(result.params);
  }
  const untrained = hiddenSizes.map((units, layer) => draw(foldIn(freshKey, layer), inputsOf(layer), units)).slice(trained.length);
  // A trainer may update parameters in place; those of the stages stay its own.
  let params: DenseLayers = clone({ layers: [...trained, ...untrained, output] });
  if (fineTune && !ended) {
    const result = await runStage("greedyPretrain", train, { name: "fine-tuning", params, loss: (all: DenseLayers, batch: Batch) => loss(apply(all, batch.inputs), batch), batches: source });
    ended = result.ended;
    stages.push(result.record);
    params = result.params;
  }
  return { params, apply, stages, status: ended ? "stopped" : "completed", message: stagesMessage(stages, ended) };
}
