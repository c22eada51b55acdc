import type { TensorTree } from "@opt/core";
import { checkNumber, checkOptions, fail, splitKey } from "@opt/core";
import { constant } from "@opt/init";
import { checkModel, show } from "./check.ts";
import type { DenseParams } from "./dense.ts";
import { dense } from "./dense.ts";
import type { Model } from "./model.ts";

/** Options of {@link highway}. */
export interface HighwayOptions {
  /** The length of the input vectors, which is that of the block's outputs, ≥ 1. */
  readonly features: number;
  /** Where the gate's biases start: below 0, so that at first nearly all of the input passes. Default −1; −3 for dozens of layers. */
  readonly gateBias?: number;
}

/** The parameters of {@link highway}. */
export type HighwayParams<Block extends TensorTree> = { readonly block: Block; readonly gate: DenseParams };

/**
 * Lets a model's input skip it as far as a learned gate says: `y = T(x) · F(x) + (1 − T(x)) · x` with `T(x) = σ(x W + b)`.
 *
 * @param block - A model F whose outputs have the shape of its inputs.
 * @param options - The width, and where the gate's biases start.
 * @returns A model with the parameters `{ block, gate: { weight, bias } }`.
 * @throws OptError `option` for a bad option; `apply` throws `shape` when the block changes the shape.
 *
 * @example
 * ```ts
 * import { key, zeros } from "@opt/core";
 * import { dense, highway } from "@opt/nn";
 *
 * const layer = highway(dense({ inputs: 8, outputs: 8, activation: "relu" }), { features: 8, gateBias: -2 });
 * layer.apply(layer.init(key(1)), zeros([4, 8])).shape; // [4, 8]
 * ```
 *
 * @see Srivastava, Greff and Schmidhuber, "Highway networks", 2015, equation 3 and section 2.2.
 */
export function highway<Block extends TensorTree>(block: Model<Block>, options: HighwayOptions): Model<HighwayParams<Block>> {
  checkModel("highway(block, options)", "block", block);
  checkOptions("highway", options, ["features", "gateBias"]);
  const features = checkNumber("highway", "features", options?.features, { min: 1, integer: true });
  const gateBias = checkNumber("highway", "gateBias", options.gateBias ?? -1);
  const gate = dense({ inputs: features, outputs: features, activation: "sigmoid", biasInitializer: constant(gateBias) });
  return {
    init: (key, initOptions) => {
      const [blockKey, gateKey] = splitKey(key, 2);
      return { block: block.init(blockKey, initOptions), gate: gate.init(gateKey, initOptions) };
    },
    apply: (params, x) => {
      const transformed = block.apply(params.block, x);
      if (transformed.shape.join() !== x.shape.join()) {
        fail("shape", `highway.apply(params, x): the block must keep the shape of x, so that the two can be mixed; x = ${show(x)}, the block gives ${show(transformed)}. Change the width in a layer outside.`);
      }
      return x.add(gate.apply(params.gate, x).mul(transformed.sub(x)));
    },
  };
}
