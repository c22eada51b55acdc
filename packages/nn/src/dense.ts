import type { Initializer, Key, Tensor } from "@opt/core";
import { checkNumber, checkOptions, fail, splitKey } from "@opt/core";
import { glorotUniform, heNormal, zeros } from "@opt/init";
import type { Activation, ActivationName } from "./activations.ts";
import { resolveActivation } from "./activations.ts";
import { checkInitializer, checkTensor, show } from "./check.ts";
import type { Model } from "./model.ts";

/** The parameters of a dense layer: `weight` [inputs, outputs] and `bias` [outputs]. */
export type DenseParams = { readonly weight: Tensor; readonly bias: Tensor };

/** Options of {@link dense}. */
export interface DenseOptions {
  /** The length of the input vectors, ≥ 1. */
  readonly inputs: number;
  /** The length of the output vectors, ≥ 1. */
  readonly outputs: number;
  /** What is applied to `x W + b`, by name or as a function. Default `linear`. */
  readonly activation?: ActivationName | Activation;
  /** Default `heNormal()` before `relu`, `leaky-relu`, `softplus` and `silu`, else `glorotUniform()`. */
  readonly weightInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly biasInitializer?: Initializer;
}

/** @internal */
export interface DensePlace {
  /** The function in messages: `dense` or `mlp`. */
  readonly where: string;
  /** The path of the layer's parameters: `layers[1]`, or empty. */
  readonly path: string;
}

const rectifiers: readonly unknown[] = ["relu", "leaky-relu", "softplus", "silu"];

/** A dense layer that names itself by its place in a larger model. @internal */
export function denseAt(place: DensePlace, options: DenseOptions): Model<DenseParams> {
  const { where, path } = place;
  const inputs = checkNumber(where, "inputs", options.inputs, { min: 1, integer: true });
  const outputs = checkNumber(where, "outputs", options.outputs, { min: 1, integer: true });
  const { activation = "linear", biasInitializer = zeros() } = options;
  const { weightInitializer = rectifiers.includes(activation) ? heNormal() : glorotUniform() } = options;
  const activate = resolveActivation(where, "activation", activation);
  checkInitializer(where, "weightInitializer", weightInitializer);
  checkInitializer(where, "biasInitializer", biasInitializer);
  const layer = path === "" ? "" : `${path}: `;
  const own = path === "" ? "params" : `params.${path}`;
  return {
    init: (key: Key, initOptions) => {
      const [weightKey, biasKey] = splitKey(key, 2);
      return {
        weight: weightInitializer(weightKey, [inputs, outputs], initOptions),
        bias: biasInitializer(biasKey, [outputs], initOptions),
      };
    },
    apply: (params, x) => {
      if (x.rank !== 2 || x.shape[1] !== inputs) {
        fail("shape", `${where}.apply(params, x): ${layer}x must have shape [batch, ${String(inputs)}]; got ${show(x)}. Flatten each example with reshape([batch, ${String(inputs)}]).`);
      }
      checkTensor(`${where}.apply(params, x)`, `${own}.weight`, params.weight, [inputs, outputs]);
      checkTensor(`${where}.apply(params, x)`, `${own}.bias`, params.bias, [outputs]);
      return activate(x.matmul(params.weight).add(params.bias));
    },
  };
}

/**
 * Makes a fully connected layer: `y = f(x W + b)` for inputs x [batch, inputs].
 *
 * @param options - Sizes, activation and initializers.
 * @returns The layer: `init(key)` draws `{ weight, bias }`, `apply(params, x)` computes [batch, outputs].
 * @throws OptError `option` for a bad option; `apply` throws `shape` naming the tensor that does not fit.
 *
 * @example
 * ```ts
 * import { key, zeros } from "@opt/core";
 * import { dense } from "@opt/nn";
 *
 * const layer = dense({ inputs: 784, outputs: 128, activation: "relu" });
 * const params = layer.init(key(1));
 * layer.apply(params, zeros([32, 784])).shape; // [32, 128]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 6.3. PyTorch stores the weight transposed.
 */
export function dense(options: DenseOptions): Model<DenseParams> {
  checkOptions("dense", options, ["inputs", "outputs", "activation", "weightInitializer", "biasInitializer"]);
  return denseAt({ where: "dense", path: "" }, options);
}
