import type { FloatDType, Initializer, Key, Tensor } from "@opt/core";
import { randomUniform, zeros } from "@opt/core";

/** The parameters of a dense layer, as in `@opt/nn`: `weight` [inputs, outputs] and `bias` [outputs]. */
export type DenseLayer = { readonly weight: Tensor; readonly bias: Tensor };

/** The parameters of a stack of dense layers, as those of `mlp` in `@opt/nn`. */
export type DenseLayers = { readonly layers: readonly DenseLayer[] };

/** An elementwise function between layers, such as `tanh` of `@opt/core`. */
export type Activation = (x: Tensor) => Tensor;

/** Glorot and Bengio's uniform initialization: `U(−a, a)` with `a = √(6 / (inputs + outputs))`. */
function glorot(key: Key, shape: readonly number[], options?: { readonly dtype?: FloatDType }): Tensor {
  const [inputs = 1, outputs = 1] = shape;
  const limit = Math.sqrt(6 / (inputs + outputs));
  return randomUniform(key, [inputs, outputs], { minimum: -limit, maximum: limit, ...options });
}

/** Draws a dense layer whose bias is zero. */
export function drawLayer(key: Key, inputs: number, outputs: number, dtype: FloatDType, initializer: Initializer = glorot): DenseLayer {
  return { weight: initializer(key, [inputs, outputs], { dtype }), bias: zeros([outputs], { dtype }) };
}

/** `x W + b`. */
export function applyLayer(layer: DenseLayer, x: Tensor): Tensor {
  return x.matmul(layer.weight).add(layer.bias);
}
