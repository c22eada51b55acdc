import type { TensorTree } from "@opt/core";
import { checkNumber, checkOptions, fail } from "@opt/core";
import { checkModel, show } from "./check.ts";
import type { Model } from "./model.ts";

/** Options of {@link residual}. */
export interface ResidualOptions {
  /**
   * The factor s on what the block adds. Default 1. A stack of L blocks that each double the variance grows it by 2^L; with s = 1/√L it grows
   * by no more than e.
   */
  readonly scale?: number;
}

/**
 * Lets a model's input skip it: `y = x + s · F(x)`. The derivative by x has the identity in it, so a gradient reaches the lowest layers of a deep
 * stack undiminished.
 *
 * The parameters are those of the block alone, so a plain network and the one with skip connections can start from the same ones.
 *
 * @param block - A model F whose outputs have the shape of its inputs; change the width in a layer outside.
 * @param options - The scale.
 * @returns A model with the block's parameters.
 * @throws OptError `option` for a bad option; `apply` throws `shape` when the block changes the shape.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { dense, residual } from "@opt/nn";
 *
 * const block = residual(dense({ inputs: 2, outputs: 2, activation: "relu" }), { scale: 0.5 });
 * block.apply({ weight: tensor([[1, 0], [0, -1]]), bias: tensor([0, 0]) }, tensor([[4, 4]])).readSync(); // [6, 4]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.7.5; He, Zhang, Ren and Sun, "Deep residual learning for image recognition",
 * 2015, equation 1; for the scale De and Smith, "Batch normalization biases residual blocks towards the identity function in
 * deep networks", 2020.
 */
export function residual<Params extends TensorTree>(block: Model<Params>, options: ResidualOptions = {}): Model<Params> {
  checkModel("residual(block)", "block", block);
  checkOptions("residual", options, ["scale"]);
  const scale = checkNumber("residual", "scale", options.scale ?? 1);
  return {
    init: (key, initOptions) => block.init(key, initOptions),
    apply: (params, x) => {
      const added = block.apply(params, x);
      if (added.shape.join() !== x.shape.join()) {
        fail("shape", `residual.apply(params, x): the block must keep the shape of x, so that the two can be added; x = ${show(x)}, the block gives ${show(added)}. Change the width in a layer outside.`);
      }
      return x.add(added.mul(scale));
    },
  };
}
