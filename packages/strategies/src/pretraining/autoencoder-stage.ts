import type { Tensor } from "@opt/core";
import { checkOptions, splitKey, square, zerosLike } from "@opt/core";
import { checkChoice, checkFunction } from "../check.ts";
import type { Corruption } from "./corruption.ts";
import type { Activation, DenseLayer } from "./dense-layer.ts";
import { applyLayer } from "./dense-layer.ts";
import type { LayerPlace, LayerStage } from "./layer-stage.ts";
import type { InputBatch } from "./training-stage.ts";

/** Options of {@link autoencoderStage}. */
export interface AutoencoderStageOptions {
  /** Whether the decoder's weight is the encoder's transposed. Default false. */
  readonly tied?: boolean;
  /** Spoils the inputs, which are still to be reconstructed whole: `maskingNoise(p)`, `gaussianNoise(σ)` or any function. Default: none. */
  readonly corruption?: Corruption;
  /** After the decoder, such as `sigmoid` for inputs in [0, 1]. Default: nothing. */
  readonly decoderActivation?: Activation;
  /** How far a reconstruction is from the inputs, a rank-0 tensor. Default: the mean squared error. */
  readonly reconstructionLoss?: (reconstruction: Tensor, inputs: Tensor) => Tensor;
}

/** What {@link autoencoderStage} trains; a tied decoder has only a bias. */
export type AutoencoderStageParams = { readonly hidden: DenseLayer; readonly decoder: DenseLayer | { readonly bias: Tensor } };

/** The batch of {@link autoencoderStage}: what is to be reconstructed, and what the encoder sees. */
export type AutoencoderBatch = { readonly inputs: Tensor; readonly corrupted: Tensor };

/**
 * Trains a hidden layer without labels, to keep what its inputs tell: `L(g(f(x̃ W + b) V + c), x)` over W, b, V and c, where x̃ is x or a corrupted x,
 * and `V = Wᵀ` when tied.
 *
 * @param options - Tied or untied, corruption, decoder and loss.
 * @returns The `makeStage` for `greedyPretrain`.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { autoencoderStage, maskingNoise } from "@opt/strategies";
 *
 * const makeStage = autoencoderStage({ tied: true, corruption: maskingNoise(0.25) });
 * ```
 * @see Bengio, Lamblin, Popovici and Larochelle, "Greedy layer-wise training of deep networks", 2007, section 4.1.
 * @see Vincent, Larochelle, Bengio and Manzagol, "Extracting and composing robust features with denoising autoencoders", 2008.
 */
export function autoencoderStage(
  options: AutoencoderStageOptions = {},
): <Batch extends InputBatch>(place: LayerPlace<Batch>) => LayerStage<Batch, AutoencoderStageParams, AutoencoderBatch> {
  checkOptions("autoencoderStage", options, ["tied", "corruption", "decoderActivation", "reconstructionLoss"]);
  const { tied = false, corruption, decoderActivation, reconstructionLoss = (reconstruction, inputs) => square(reconstruction.sub(inputs)).mean() } = options;
  checkChoice("autoencoderStage", "tied", tied, [true, false]);
  if (corruption !== undefined) checkFunction("autoencoderStage", "corruption", corruption, "(inputs, key) => tensor");
  if (decoderActivation !== undefined) checkFunction("autoencoderStage", "decoderActivation", decoderActivation, "(x) => tensor");
  checkFunction("autoencoderStage", "reconstructionLoss", reconstructionLoss, "(reconstruction, inputs) => tensor");
  return (place) => {
    const [hiddenKey, decoderKey] = splitKey(place.key, 2);
    const decoder = place.draw(decoderKey, place.units, place.inputs);
    return {
      params: {
        hidden: place.draw(hiddenKey, place.inputs, place.units),
        decoder: tied ? { bias: zerosLike(decoder.bias) } : decoder,
      },
      loss: (params, batch) => {
        const code = place.activation(applyLayer(params.hidden, batch.corrupted));
        const weight = "weight" in params.decoder ? params.decoder.weight : params.hidden.weight.transpose();
        const decoded = applyLayer({ weight, bias: params.decoder.bias }, code);
        return reconstructionLoss(decoderActivation === undefined ? decoded : decoderActivation(decoded), batch.inputs);
      },
      prepare: ({ inputs }, key) => ({ inputs, corrupted: corruption === undefined ? inputs : corruption(inputs, key) }),
      hidden: (params) => params.hidden,
    };
  };
}
