import type { FloatDType, Initializer, Key, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import { checkKey } from "../check-key.ts";
import { checkChoice, checkFunction } from "../check.ts";
import type { Activation } from "./dense-layer.ts";
import type { MakeStage, OutputLoss } from "./layer-stage.ts";
import type { BatchesByEpoch, InputBatch, TrainStage } from "./training-stage.ts";

/** Options of {@link greedyPretrain}. */
export interface GreedyPretrainOptions<Batch extends InputBatch, Params extends TensorTree, StageBatch extends TensorTree> {
  /** Lengths from the input to the output, three or more, as for `mlp`: `[784, 100, 100, 10]` has two hidden layers. */
  readonly sizes: readonly number[];
  /** After every hidden layer: `tanh`, `sigmoid`, `relu` of `@opt/core` or any function. */
  readonly activation: Activation;
  /** The task's loss of outputs and a batch: of every supervised stage and of fine-tuning. */
  readonly loss: OutputLoss<Batch>;
  /** The batches, with `inputs` [batch, sizes[0]]: `minibatches(…)` of `@opt/data` or any function of the epoch. */
  readonly batches: BatchesByEpoch<Batch>;
  /** Trains a stage: `(stage) => fit({ params: stage.params, loss: stage.loss, batches: stage.batches, optimizer, epochs })`. */
  readonly train: TrainStage;
  /** The key of all draws. */
  readonly key: Key;
  /** What trains one hidden layer. Default `supervisedStage`; without labels `autoencoderStage(…)`. */
  readonly makeStage?: MakeStage<Batch, Params, StageBatch>;
  /** What a hidden layer sees: the `previous` hidden layer's outputs, or them joined with the raw input (`previous-and-raw`). Default `previous`. */
  readonly inputs?: "previous" | "previous-and-raw";
  /** Whether all layers are trained together in the end. Default true. */
  readonly fineTune?: boolean;
  /** For every weight. Default Glorot and Bengio's uniform one; biases are zero. */
  readonly weightInitializer?: Initializer;
  /** The parameters' dtype. Default `f32`. */
  readonly dtype?: FloatDType;
}

const optionNames = ["sizes", "activation", "loss", "batches", "train", "key", "makeStage", "inputs", "fineTune", "weightInitializer", "dtype"];

/** Checks the options of greedyPretrain, before anything is trained. */
export function checkGreedyOptions<Batch extends InputBatch, Params extends TensorTree, StageBatch extends TensorTree>(
  options: GreedyPretrainOptions<Batch, Params, StageBatch>,
): void {
  checkOptions("greedyPretrain", options, optionNames);
  const { sizes, activation, loss, train, key, makeStage, inputs = "previous", fineTune = true, weightInitializer, dtype = "f32" } = options;
  if (!Array.isArray(sizes) || sizes.length < 3) {
    fail("option", `greedyPretrain({ sizes }): must list three or more lengths, from the input over hidden layers to the output; got ${describeValue(sizes)}. Use for example [784, 100, 10].`);
  }
  sizes.forEach((size, index) => checkNumber("greedyPretrain", `sizes[${index}]`, size, { min: 1, integer: true }));
  checkFunction("greedyPretrain", "activation", activation, "(x) => tensor, such as tanh of @opt/core");
  checkFunction("greedyPretrain", "loss", loss, "(outputs, batch) => tensor");
  checkFunction("greedyPretrain", "train", train, "(stage) => ({ params }), such as (stage) => fit({ params: stage.params, loss: stage.loss, batches: stage.batches, … })");
  if (makeStage !== undefined) checkFunction("greedyPretrain", "makeStage", makeStage, "(place) => stage, such as supervisedStage or autoencoderStage()");
  if (weightInitializer !== undefined) checkFunction("greedyPretrain", "weightInitializer", weightInitializer, "(key, shape, options) => tensor, such as heNormal() of @opt/init");
  checkKey("greedyPretrain", key);
  checkChoice("greedyPretrain", "inputs", inputs, ["previous", "previous-and-raw"]);
  checkChoice("greedyPretrain", "fineTune", fineTune, [true, false]);
  checkChoice("greedyPretrain", "dtype", dtype, ["f32", "f64"]);
}
