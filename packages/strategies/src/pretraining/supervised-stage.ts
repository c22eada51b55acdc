import { splitKey } from "@opt/core";
import type { DenseLayer } from "./dense-layer.ts";
import { applyLayer } from "./dense-layer.ts";
import type { LayerPlace, LayerStage } from "./layer-stage.ts";
import type { InputBatch } from "./training-stage.ts";

/** What {@link supervisedStage} trains: the new hidden layer, and an output layer that the next stage throws away. */
export type SupervisedStageParams = { readonly hidden: DenseLayer; readonly output: DenseLayer };

/**
 * Trains a hidden layer with an output layer on top, on the task itself: `L(f(h W + b) V + c, y)` over W, b, V and c. The output layer of the last
 * stage is kept for fine-tuning.
 *
 * @param place - Where the layer stands; `greedyPretrain` says it.
 * @returns The stage.
 *
 * @example
 * ```ts
 * import { supervisedStage } from "@opt/strategies";
 *
 * const makeStage = supervisedStage; // the default of greedyPretrain
 * ```
 * @see Bengio, Lamblin, Popovici and Larochelle, "Greedy layer-wise training of deep networks", 2007, section 4.2.
 */
export function supervisedStage<Batch extends InputBatch>(place: LayerPlace<Batch>): LayerStage<Batch, SupervisedStageParams, Batch> {
  const [hiddenKey, outputKey] = splitKey(place.key, 2);
  return {
    params: { hidden: place.draw(hiddenKey, place.inputs, place.units), output: place.draw(outputKey, place.units, place.outputs) },
    loss: (params, batch) => place.loss(applyLayer(params.output, place.activation(applyLayer(params.hidden, batch.inputs))), batch),
    prepare: (batch) => batch,
    hidden: (params) => params.hidden,
    output: (params) => params.output,
  };
}
