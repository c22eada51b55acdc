import type { Tensor, TensorLike } from "../tensor/tensor.ts";
import { elementwise } from "./operands.ts";

/** The exponential `e^x`, elementwise; at most 2 ulp off in f32. */
export function exp(x: TensorLike): Tensor {
  return elementwise("exp", x);
}

/** The natural logarithm, elementwise: −∞ at 0, NaN below. */
export function log(x: TensorLike): Tensor {
  return elementwise("log", x);
}

/** `log(1 + x)`, elementwise, accurate for small x. */
export function log1p(x: TensorLike): Tensor {
  return elementwise("log1p", x);
}

/** The square root, elementwise: NaN below 0. */
export function sqrt(x: TensorLike): Tensor {
  return elementwise("sqrt", x);
}

/** `x²`, elementwise. */
export function square(x: TensorLike): Tensor {
  return elementwise("mul", x, x);
}

/** The hyperbolic tangent, elementwise; at most 2 ulp off in f32, and never beyond ±1. */
export function tanh(x: TensorLike): Tensor {
  return elementwise("tanh", x);
}

/** The logistic sigmoid `1 / (1 + e^(−x))`, elementwise. */
export function sigmoid(x: TensorLike): Tensor {
  return elementwise("sigmoid", x);
}

/** The rectifier `max(x, 0)`, elementwise; its derivative at 0 is taken as 0, NaN stays NaN. */
export function relu(x: TensorLike): Tensor {
  return elementwise("relu", x);
}

/** The absolute value, elementwise; its derivative at 0 is taken as 0. */
export function abs(x: TensorLike): Tensor {
  return elementwise("abs", x);
}

/** −1, 0 or 1 by sign, elementwise; its derivative is 0 everywhere. */
export function sign(x: TensorLike): Tensor {
  return elementwise("sign", x);
}

/** The sine of radians, elementwise. */
export function sin(x: TensorLike): Tensor {
  return elementwise("sin", x);
}

/** The cosine of radians, elementwise. */
export function cos(x: TensorLike): Tensor {
  return elementwise("cos", x);
}
