import type { Key, Tensor, TensorTree } from "@opt/core";
import { describeValue, fail, splitKey } from "@opt/core";
import type { LayeredModel, LayerOutputs, Model, ModelInitOptions } from "./model.ts";

/** Parameters of a stack whose layers are of any kind. */
export type AnyLayers = { readonly layers: readonly TensorTree[] };

/** A model that applies one layer after another: what `sequential` and `mlp` are made of. */
export function stack(name: string, layers: readonly Model[]): LayeredModel<AnyLayers> {
  const where = `${name}.apply(params, x)`;

  function layerOutputs(params: AnyLayers, x: Tensor): LayerOutputs {
    if (!Array.isArray(params.layers) || params.layers.length !== layers.length) {
      fail("tree", `${where}: params.layers must be a list of ${String(layers.length)} layers, as init(key) makes it; got ${describeValue(params.layers)}.`);
    }
    const outputs: Record<string, Tensor> = {};
    let hidden = x;
    layers.forEach((layer, index) => {
      const path = `layers[${String(index)}]`;
      hidden = layer.apply(params.layers[index] ?? {}, hidden);
      outputs[path] = hidden;
    });
    return outputs;
  }

  return {
    init: (key: Key, options?: ModelInitOptions) => {
      const keys = splitKey(key, layers.length);
      return { layers: layers.map((layer, index) => layer.init(keys[index] ?? key, options)) };
    },
    apply: (params, x) => layerOutputs(params, x)[`layers[${String(layers.length - 1)}]`] ?? x,
    layerOutputs,
  };
}
