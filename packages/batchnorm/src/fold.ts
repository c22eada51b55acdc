import { describeValue, fail, Tensor } from "@opt/core";
import type { FeatureLine } from "./batch-norm.ts";

/** The parameters of a dense layer `x W + b`: `weight` [inputs, outputs] and `bias` [outputs]. */
export type FoldableDense = { readonly weight: Tensor; readonly bias: Tensor };

function checkDense(where: string, dense: FoldableDense, line: FeatureLine, axis: 0 | 1): void {
  const { weight, bias } = dense ?? {};
  if (!(weight instanceof Tensor) || weight.rank !== 2 || !(bias instanceof Tensor) || bias.rank !== 1 || bias.size !== weight.shape[1]) {
    fail("shape", `${where}: the layer must be { weight: [inputs, outputs], bias: [outputs] }; got ${describeValue(dense)}.`);
  }
  if (line.factor.rank === 1 && line.factor.size === weight.shape[axis]) return;
  const side = axis === 1 ? "outputs" : "inputs";
  fail("shape", `${where}: the layer has ${String(weight.shape[axis])} ${side}, but the normalization [${line.factor.shape.join(", ")}] features.`);
}

/**
 * Folds a normalization at test time into the dense layer before it: `W′ = W · diag(f)`, `b′ = f · b + o`, so that
 * `x W′ + b′ = f · (x W + b) + o`. The network then computes the same with one layer less.
 *
 * Only valid where nothing, such as a non-linearity, stands between the two.
 *
 * @param dense - The layer's weight [inputs, outputs] and bias [outputs].
 * @param line - The normalization as factor and offset: `norm.line(params, state)`.
 * @returns The weight and bias of the one layer that replaces both.
 * @throws OptError `shape` when the two do not fit.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { batchNorm, foldIntoPreviousDense } from "@opt/batchnorm";
 *
 * const norm = batchNorm({ features: 2, epsilon: 1e-12 });
 * const { params } = norm.init();
 * const state = { mean: tensor([1, 2]), variance: tensor([4, 16]), count: 10 };
 * const dense = { weight: tensor([[2, 4]]), bias: tensor([3, 2]) };
 * const folded = foldIntoPreviousDense(dense, norm.line(params, state));
 * folded.weight.readSync(); // [1, 1]
 * folded.bias.readSync(); // [1, 0]
 * ```
 *
 * @see PyTorch, `torch.nn.utils.fusion.fuse_linear_bn_eval`.
 */
export function foldIntoPreviousDense(dense: FoldableDense, line: FeatureLine): FoldableDense {
  checkDense("foldIntoPreviousDense(dense, line)", dense, line, 1);
  return { weight: dense.weight.mul(line.factor), bias: dense.bias.mul(line.factor).add(line.offset) };
}

/**
 * Folds a normalization at test time into the dense layer behind it: `W′ = diag(f) · W`, `b′ = b + o W`, so that
 * `x W′ + b′ = (f · x + o) W + b`.
 *
 * @param line - The normalization as factor and offset: `norm.line(params, state)`.
 * @param dense - The layer's weight [inputs, outputs] and bias [outputs].
 * @returns The weight and bias of the one layer that replaces both.
 * @throws OptError `shape` when the two do not fit.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { batchNorm, foldIntoNextDense } from "@opt/batchnorm";
 *
 * const norm = batchNorm({ features: 2, epsilon: 1e-12 });
 * const { params } = norm.init();
 * const state = { mean: tensor([1, 2]), variance: tensor([4, 16]), count: 10 };
 * const folded = foldIntoNextDense(norm.line(params, state), { weight: tensor([[2], [4]]), bias: tensor([3]) });
 * folded.weight.readSync(); // [1, 1]
 * folded.bias.readSync(); // [0]
 * ```
 */
export function foldIntoNextDense(line: FeatureLine, dense: FoldableDense): FoldableDense {
  checkDense("foldIntoNextDense(line, dense)", dense, line, 0);
  const { weight, bias } = dense;
  const [features = 0, outputs = 0] = weight.shape;
  return {
    weight: weight.mul(line.factor.reshape([features, 1])),
    bias: bias.add(line.offset.reshape([1, features]).matmul(weight).reshape([outputs])),
  };
}
