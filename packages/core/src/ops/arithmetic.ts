import type { Tensor, TensorLike } from "../tensor/tensor.ts";
import { elementwise, literalValue } from "./operands.ts";
import { sqrt, square } from "./functions.ts";
import { sameShape } from "../tensor/shape.ts";

/** Whether `x ∘ other` is just `x` because `other` is the literal `neutral` and does not widen the shape. */
function isNeutral(x: TensorLike, other: TensorLike, neutral: number): x is Tensor {
  if (typeof x !== "object" || x.dtype === "bool" || literalValue(other) !== neutral) return false;
  if (typeof other === "number" || other.onHost) return true;
  return other.dtype === x.dtype && (other.rank === 0 || sameShape(x.shape, other.shape));
}

/**
 * Adds elementwise: `a + b`, broadcasting by NumPy's rules.
 *
 * @param a - A tensor or number.
 * @param b - A tensor or number.
 * @returns The sum.
 * @throws OptError `shape` or `dtype` when the operands do not fit.
 *
 * @example
 * ```ts
 * import { add, tensor } from "@opt/core";
 *
 * add(tensor([1, 2]), 3).readSync(); // [4, 5]
 * ```
 */
export function add(a: TensorLike, b: TensorLike): Tensor {
  if (isNeutral(a, b, 0)) return a;
  if (isNeutral(b, a, 0)) return b;
  return elementwise("add", a, b);
}

/** Subtracts elementwise: `a − b`, broadcasting by NumPy's rules. */
export function sub(a: TensorLike, b: TensorLike): Tensor {
  return isNeutral(a, b, 0) ? a : elementwise("sub", a, b);
}

/** Multiplies elementwise: `a · b`, broadcasting by NumPy's rules. */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  if (isNeutral(a, b, 1)) return a;
  if (isNeutral(b, a, 1)) return b;
  return elementwise("mul", a, b);
}

/** Divides elementwise: `a / b`, broadcasting by NumPy's rules; floating-point tensors only. */
export function div(a: TensorLike, b: TensorLike): Tensor {
  return isNeutral(a, b, 1) ? a : elementwise("div", a, b);
}

/** Negates elementwise: `−x`. */
export function neg(x: TensorLike): Tensor {
  return elementwise("neg", x);
}

/**
 * Raises to a power elementwise: `a ^ b` with the conventions of `Math.pow`. The literal exponents 1, 2, 3, ½ and −1 become
 * multiplications, a square root or a division.
 */
export function pow(a: TensorLike, b: TensorLike): Tensor {
  if (typeof b === "number" && typeof a !== "number") {
    if (b === 1) return a;
    if (b === 2) return square(a);
    if (b === 3) return mul(square(a), a);
    if (b === 0.5) return sqrt(a);
    if (b === -1) return div(1, a);
  }
  return elementwise("pow", a, b);
}

/** The larger of each pair of elements; NaN where either is NaN. */
export function maximum(a: TensorLike, b: TensorLike): Tensor {
  return elementwise("maximum", a, b);
}

/** The smaller of each pair of elements; NaN where either is NaN. */
export function minimum(a: TensorLike, b: TensorLike): Tensor {
  return elementwise("minimum", a, b);
}
