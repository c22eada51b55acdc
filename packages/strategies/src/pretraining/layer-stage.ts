import type { Key, Tensor, TensorTree } from "@opt/core";
import type { Activation, DenseLayer } from "./dense-layer.ts";

/** A loss of the network's outputs on a batch, such as `(outputs, batch) => softmaxCrossEntropy(outputs, batch.targets)`. */
export type OutputLoss<Batch> = (outputs: Tensor, batch: Batch) => Tensor;

/** Where a new hidden layer stands: what a {@link MakeStage} is told. */
export interface LayerPlace<Batch> {
  /** The hidden layer, counted from 0. */
  readonly layer: number;
  /** The length of its inputs. */
  readonly inputs: number;
  /** How many units it has. */
  readonly units: number;
  /** The length of the whole network's output. */
  readonly outputs: number;
  /** After the layer. */
  readonly activation: Activation;
  /** The whole network's loss. */
  readonly loss: OutputLoss<Batch>;
  /** Randomness of this stage's own. */
  readonly key: Key;
  /** Draws a dense layer with the initializer and dtype of the run. */
  readonly draw: (key: Key, inputs: number, outputs: number) => DenseLayer;
}

/** What is trained to make one hidden layer. */
export interface LayerStage<Batch, Params extends TensorTree, StageBatch extends TensorTree> {
  readonly params: Params;
  /** What the stage minimizes. */
  readonly loss: (params: Params, batch: StageBatch) => Tensor;
  /** Makes the stage's batch from a batch whose inputs are this layer's; traced, with a key of the batch's own. */
  readonly prepare: (batch: Batch, key: Key) => StageBatch;
  /** The new hidden layer. */
  readonly hidden: (params: Params) => DenseLayer;
  /** An output layer that fine-tuning may start from, after the last stage. Default: a fresh one. */
  readonly output?: (params: Params) => DenseLayer;
}

/**
 * Makes what one hidden layer is trained with: `supervisedStage`, `autoencoderStage(…)`, or a function of your own. TypeScript wants the parameters
 * of its `loss` and `hidden` annotated.
 */
export type MakeStage<Batch, Params extends TensorTree, StageBatch extends TensorTree> = (place: LayerPlace<Batch>) => LayerStage<Batch, Params, StageBatch>;
