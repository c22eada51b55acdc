import type { Initializer } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import type { Activation, ActivationName } from "./activations.ts";
import { resolveActivation } from "./activations.ts";
import type { DenseParams } from "./dense.ts";
import { denseAt } from "./dense.ts";
import { stack } from "./layered.ts";
import type { LayeredModel } from "./model.ts";

/** The parameters of {@link mlp}. */
export type MlpParams = { readonly layers: readonly DenseParams[] };

/** Options of {@link mlp}. */
export interface MlpOptions {
  /** Lengths from the input to the output: `[784, 128, 10]` has one hidden layer of 128 units. */
  readonly sizes: readonly number[];
  /** After every layer but the last, by name or as a function. Default `relu`. */
  readonly activation?: ActivationName | Activation;
  /** After the last layer. Default `linear`, so that the outputs are logits. */
  readonly outputActivation?: ActivationName | Activation;
  /** For every layer. Default by the layer's activation, as in `dense`: He before rectifiers, else Glorot. */
  readonly weightInitializer?: Initializer;
  /** For every layer. Default `zeros()`. */
  readonly biasInitializer?: Initializer;
}

function checkSizes(sizes: readonly number[]): void {
  if (!Array.isArray(sizes) || sizes.length < 2) {
    fail("option", `mlp({ sizes }): must list two or more lengths, from the input to the output; got ${describeValue(sizes)}. Use for example [784, 128, 10].`);
  }
  sizes.forEach((size, index) => checkNumber("mlp", `sizes[${String(index)}]`, size, { min: 1, integer: true }));
}

/**
 * Makes a multilayer perceptron, a stack of dense layers: `h₀ = x`, `hᵢ₊₁ = fᵢ(hᵢ Wᵢ + bᵢ)`.
 *
 * @param options - Sizes, activations and initializers.
 * @returns The network: `init(key)` draws `{ layers: [{ weight, bias }, …] }`, `apply(params, x)` computes [batch, outputs],
 * `layerOutputs(params, x)` the output of every layer.
 * @throws OptError `option` for a bad option; `apply` throws `shape` or `tree` naming the path of what does not fit.
 *
 * @example
 * ```ts
 * import { key, zeros } from "@opt/core";
 * import { mlp } from "@opt/nn";
 *
 * const model = mlp({ sizes: [784, 128, 10], activation: "relu" });
 * const params = model.init(key(1));
 * model.apply(params, zeros([32, 784])).shape; // [32, 10]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 6.4.
 */
export function mlp(options: MlpOptions): LayeredModel<MlpParams> {
  checkOptions("mlp", options, ["sizes", "activation", "outputActivation", "weightInitializer", "biasInitializer"]);
  const { sizes, activation = "relu", outputActivation = "linear", ...initializers } = options;
  checkSizes(sizes);
  // A network of one layer has no hidden layer that would check this one.
  resolveActivation("mlp", "activation", activation);
  resolveActivation("mlp", "outputActivation", outputActivation);
  const layers = sizes.slice(1).map((outputs, index) => {
    const last = index === sizes.length - 2;
    return denseAt(
      { where: "mlp", path: `layers[${String(index)}]` },
      {
        inputs: sizes[index] ?? 0,
        outputs,
        activation: last ? outputActivation : activation,
        ...(initializers.weightInitializer && { weightInitializer: initializers.weightInitializer }),
        ...(initializers.biasInitializer && { biasInitializer: initializers.biasInitializer }),
      },
    );
  });
  // Every layer is a dense one, so the parameters of the stack are those of dense layers.
  return stack("mlp", layers) as LayeredModel<MlpParams>;
}
