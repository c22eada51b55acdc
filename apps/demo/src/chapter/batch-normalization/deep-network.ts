import type { BatchNormParams, BatchNormState } from "@opt/batchnorm";
import { batchNorm } from "@opt/batchnorm";
import type { Key, Tensor } from "@opt/core";
import { splitKey } from "@opt/core";
import { glorotUniform } from "@opt/init";
import type { Activation, DenseParams } from "@opt/nn";
import { dense } from "@opt/nn";

/** What a deep network with batch normalization before every activation trains. */
export type NormalizedParams = { readonly layers: readonly { readonly weight: Tensor; readonly norm: BatchNormParams }[]; readonly output: DenseParams };

/** A deep network with or without batch normalization. */
export interface DeepNetwork {
  readonly init: (key: Key) => { readonly params: NormalizedParams; readonly state: readonly BatchNormState[] };
  /** The outputs of inputs, and the running averages that they leave behind. */
  readonly apply: (params: NormalizedParams, state: readonly BatchNormState[], x: Tensor, mode: { readonly training: boolean }) => { readonly output: Tensor; readonly state: readonly BatchNormState[] };
}

/** What to build. */
export interface DeepNetworkOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly depth: number;
  readonly units: number;
  readonly activation: Activation;
  /** Whether each layer is `f(γ (xW − μ) / σ + β)` or `f(xW + β)`; the parameters are the same. */
  readonly normalized: boolean;
}

/** Builds the network. */
export function deepNetwork(options: DeepNetworkOptions): DeepNetwork {
  const { inputs, outputs, depth, units, activation, normalized } = options;
  const norm = batchNorm({ features: units, scale: normalized });
  const last = dense({ inputs: units, outputs });
  const initializer = glorotUniform();
  return {
    init: (key) => {
      const [outputKey = key, ...layerKeys] = splitKey(key, depth + 1);
      const layers = layerKeys.map((layerKey, index) => ({ weight: initializer(layerKey, [index === 0 ? inputs : units, units]), norm: norm.init().params }));
      return { params: { layers, output: last.init(outputKey) }, state: layers.map(() => norm.init().state) };
    },
    apply: (params, state, x, mode) => {
      const next: BatchNormState[] = [];
      const hidden = params.layers.reduce((below, { weight, norm: own }, index) => {
        const sum = below.matmul(weight);
        const before = state[index]!;
        const result = normalized ? norm.apply(own, before, sum, mode) : { output: sum.add(own.shift!), state: before };
        next.push(result.state);
        return activation(result.output);
      }, x);
      return { output: last.apply(params.output, hidden), state: next };
    },
  };
}
