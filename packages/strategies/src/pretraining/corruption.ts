import type { Key, Tensor } from "@opt/core";
import { cast, checkNumber, fail, less, randomNormal, randomUniform, where } from "@opt/core";

/** Spoils inputs before an autoencoder sees them. */
export type Corruption = (inputs: Tensor, key: Key) => Tensor;

function checkFloat(name: string, inputs: Tensor): "f32" | "f64" {
  if (inputs.dtype === "f32" || inputs.dtype === "f64") return inputs.dtype;
  return fail("dtype", `${name}: the inputs must be f32 or f64; got ${inputs.dtype}. Use cast(inputs, "f32").`);
}

/**
 * Sets each input to zero with a probability: `x̃ᵢ = 0` where uᵢ < p, else `xᵢ`, with u uniform in [0, 1).
 *
 * @param probability - p, in [0, 1).
 * @returns The corruption.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { autoencoderStage, maskingNoise } from "@opt/strategies";
 *
 * const makeStage = autoencoderStage({ corruption: maskingNoise(0.25) });
 * ```
 * @see Vincent, Larochelle, Bengio and Manzagol, "Extracting and composing robust features with denoising autoencoders", 2008.
 */
export function maskingNoise(probability: number): Corruption {
  checkNumber("maskingNoise", "probability", probability, { min: 0, below: 1 });
  return (inputs, key) => {
    checkFloat("maskingNoise", inputs);
    return where(less(randomUniform(key, inputs.shape), probability), 0, inputs);
  };
}

/**
 * Adds normal noise to each input: `x̃ = x + σ z`.
 *
 * @param standardDeviation - σ ≥ 0.
 * @returns The corruption.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { autoencoderStage, gaussianNoise } from "@opt/strategies";
 *
 * const makeStage = autoencoderStage({ corruption: gaussianNoise(0.1) });
 * ```
 * @see Vincent and others, "Stacked denoising autoencoders", 2010, section 3.3.
 */
export function gaussianNoise(standardDeviation: number): Corruption {
  checkNumber("gaussianNoise", "standardDeviation", standardDeviation, { min: 0 });
  return (inputs, key) => inputs.add(cast(randomNormal(key, inputs.shape, { standardDeviation }), checkFloat("gaussianNoise", inputs)));
}
