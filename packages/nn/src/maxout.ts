import type { Initializer } from "@opt/core";
import { checkNumber, checkOptions, fail, max, splitKey } from "@opt/core";
import { lecunNormal, zeros } from "@opt/init";
import { checkInitializer, checkTensor, show } from "./check.ts";
import type { DenseParams } from "./dense.ts";
import type { Model } from "./model.ts";

/** Options of {@link maxout}. */
export interface MaxoutOptions {
  /** The length of the input vectors, ≥ 1. */
  readonly inputs: number;
  /** The length of the output vectors, ≥ 1. */
  readonly outputs: number;
  /** How many linear pieces each unit takes the largest of, ≥ 2. Default 2. */
  readonly pieces?: number;
  /** Of the weight [inputs, outputs · pieces]. Default `lecunNormal()`, which keeps the second moment of a signal through two pieces. */
  readonly weightInitializer?: Initializer;
  /** Of the bias [outputs · pieces]. Default `zeros()`. */
  readonly biasInitializer?: Initializer;
}

/**
 * Makes a layer of maxout units, each the largest of k linear functions: `yᵢ = maxⱼ (x W + b)ᵢⱼ`.
 *
 * It is piecewise linear and convex and has a slope everywhere, so gradients pass where a rectifier would block them.
 *
 * @param options - Sizes, pieces and initializers.
 * @returns The layer, with parameters `{ weight, bias }` of lengths `outputs · pieces`, the pieces of one unit side by side.
 * @throws OptError `option` for a bad option; `apply` throws `shape` naming the tensor that does not fit.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { maxout } from "@opt/nn";
 *
 * const absolute = maxout({ inputs: 1, outputs: 1 });
 * absolute.apply({ weight: tensor([[1, -1]]), bias: tensor([0, 0]) }, tensor([[-3], [2]])).readSync(); // [3, 2]
 * ```
 *
 * @see Goodfellow, Warde-Farley, Mirza, Courville and Bengio, "Maxout networks", 2013; Goodfellow, Bengio and Courville, Deep Learning,
 * equation 6.37.
 */
export function maxout(options: MaxoutOptions): Model<DenseParams> {
  checkOptions("maxout", options, ["inputs", "outputs", "pieces", "weightInitializer", "biasInitializer"]);
  const inputs = checkNumber("maxout", "inputs", options?.inputs, { min: 1, integer: true });
  const outputs = checkNumber("maxout", "outputs", options.outputs, { min: 1, integer: true });
  const pieces = checkNumber("maxout", "pieces", options.pieces ?? 2, { min: 2, integer: true });
  const { weightInitializer = lecunNormal(), biasInitializer = zeros() } = options;
  checkInitializer("maxout", "weightInitializer", weightInitializer);
  checkInitializer("maxout", "biasInitializer", biasInitializer);
  const columns = outputs * pieces;
  return {
    init: (key, initOptions) => {
      const [weightKey, biasKey] = splitKey(key, 2);
      return { weight: weightInitializer(weightKey, [inputs, columns], initOptions), bias: biasInitializer(biasKey, [columns], initOptions) };
    },
    apply: (params, x) => {
      const where = "maxout.apply(params, x)";
      const [batch] = x.shape;
      if (batch === undefined || x.rank !== 2 || x.shape[1] !== inputs) return fail("shape", `${where}: x must have shape [batch, ${String(inputs)}]; got ${show(x)}.`);
      checkTensor(where, "params.weight", params.weight, [inputs, columns]);
      checkTensor(where, "params.bias", params.bias, [columns]);
      return max(x.matmul(params.weight).add(params.bias).reshape([batch, outputs, pieces]), 2);
    },
  };
}
