import type { Tensor } from "@opt/core";
import { checkOptions } from "@opt/core";
import { checkFunction } from "../check.ts";
import type { Activation, DenseLayers } from "../pretraining/dense-layer.ts";
import { applyLayer } from "../pretraining/dense-layer.ts";

/** What every named layer of a model makes of an input, from the first to the last, which is the output. */
export type LayerOutputs = Readonly<Record<string, Tensor>>;

/** Options of {@link layerActivations}. */
export interface LayerActivationsOptions {
  /** After every layer but the last. */
  readonly activation: Activation;
  /** After the last layer. Default: nothing. */
  readonly outputActivation?: Activation;
}

/**
 * Makes the function that shows every layer of an `mlp` of `@opt/nn`: `hᵢ₊₁ = fᵢ(hᵢ Wᵢ + bᵢ)`, named like their parameters `layers[0]`, `layers[1]`, …
 *
 * @param options - The activations of the network.
 * @returns A function of parameters and inputs.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { key, tanh, zeros } from "@opt/core";
 * import { mlp } from "@opt/nn";
 * import { layerActivations } from "@opt/strategies";
 *
 * const params = mlp({ sizes: [2, 8, 3], activation: "tanh" }).init(key(1));
 * const outputs = layerActivations({ activation: tanh })(params, zeros([5, 2]));
 * outputs["layers[0]"]?.shape; // [5, 8]
 * outputs["layers[1]"]?.shape; // [5, 3]
 * ```
 */
export function layerActivations(options: LayerActivationsOptions): (params: DenseLayers, x: Tensor) => LayerOutputs {
  checkOptions("layerActivations", options, ["activation", "outputActivation"]);
  const { activation, outputActivation = (x) => x } = options;
  checkFunction("layerActivations", "activation", activation, "(x) => tensor, such as tanh of @opt/core");
  checkFunction("layerActivations", "outputActivation", outputActivation, "(x) => tensor");
  return (params, x) => {
    const outputs: Record<string, Tensor> = {};
    let hidden = x;
    params.layers.forEach((layer, index) => {
      const activate = index === params.layers.length - 1 ? outputActivation : activation;
      hidden = activate(applyLayer(layer, hidden));
      outputs[`layers[${index}]`] = hidden;
    });
    return outputs;
  };
}
