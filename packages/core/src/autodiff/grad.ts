import { whileTracing } from "../compile/tracing.ts";
import { fail } from "../errors.ts";
import { onesLike } from "../ops/creation.ts";
import { describeValue } from "../options.ts";
import { isFloat } from "../tensor/dtype.ts";
import { showShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { TensorTree } from "../tree/structure.ts";
import { treeFlatten, treeMapWithPath, treeUnflatten } from "../tree/tree.ts";
import { backward } from "./backward.ts";

/** Options of {@link valueAndGrad} and {@link grad}. */
export interface AuxiliaryOption {
  /** The function returns `[loss, auxiliary]`; the auxiliary value is passed through and not differentiated. */
  readonly auxiliary: true;
}

/** Gives each parameter a new identity, so that derivatives of derivatives are not confused. */
export function variables<P extends TensorTree>(where: string, params: P): P {
  return treeMapWithPath((path, leaf) => {
    const name = path === "" ? "the parameter" : path;
    if (!(leaf instanceof Tensor)) fail("dtype", `${where}: ${name} must be a tensor to be differentiated by; got ${describeValue(leaf)}. Wrap it: tensor(value).`);
    if (!isFloat(leaf.dtype)) fail("dtype", `${where}: ${name} must be f32 or f64 to be differentiated by; got ${leaf.dtype}.`);
    return new Tensor({ name: "variable" }, [leaf], leaf.shape, leaf.dtype, undefined, leaf.label ?? (path === "" ? undefined : path));
  }, params);
}

function checkLoss(where: string, loss: unknown): Tensor {
  if (!(loss instanceof Tensor)) fail("tree", `${where}: the function must return a rank-0 tensor; got ${describeValue(loss)}.`);
  if (loss.size !== 1) fail("shape", `${where}: the function must return a single number; got shape ${showShape(loss.shape)}. Take its mean() or sum().`);
  if (loss.onHost || !isFloat(loss.dtype)) fail("dtype", `${where}: the function must return a floating-point tensor; got ${loss.toString()}.`);
  return loss;
}

function differentiate<P extends TensorTree>(where: string, params: P, call: (params: P) => [unknown, unknown]): [Tensor, unknown, P] {
  return whileTracing(() => {
    const traced = variables(where, params);
    const { leaves, structure } = treeFlatten(traced);
    const [result, auxiliary] = call(traced);
    const loss = checkLoss(where, result);
    const gradients = backward(loss, onesLike(loss), leaves as Tensor[]);
    // The gradients have the structure of the parameters by construction.
    return [loss, auxiliary, treeUnflatten(structure, gradients) as P];
  });
}

/**
 * Turns a loss function into one that also returns the gradient by its first argument.
 *
 * @param fn - A function of a tree of floating-point tensors, and of anything else, that returns a rank-0 tensor.
 * @param options - `{ auxiliary: true }` if the function returns `[loss, auxiliary]`.
 * @returns A function that returns `[loss, gradients]`, or `[[loss, auxiliary], gradients]`.
 * @throws OptError `dtype`, `shape` or `tree` when parameters or loss are not of that kind.
 *
 * @example
 * ```ts
 * import { tensor, valueAndGrad } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const [loss, gradient] = valueAndGrad((x: Tensor) => x.mul(x).sum())(tensor([1, 2]));
 * loss.item(); // 5
 * gradient.readSync(); // [2, 4]
 * ```
 */
export function valueAndGrad<P extends TensorTree, Rest extends readonly unknown[]>(
  fn: (params: P, ...rest: Rest) => Tensor,
): (params: P, ...rest: Rest) => [Tensor, P];
export function valueAndGrad<P extends TensorTree, Rest extends readonly unknown[], Auxiliary>(
  fn: (params: P, ...rest: Rest) => readonly [Tensor, Auxiliary],
  options: AuxiliaryOption,
): (params: P, ...rest: Rest) => [[Tensor, Auxiliary], P];
export function valueAndGrad<P extends TensorTree, Rest extends readonly unknown[]>(
  fn: (params: P, ...rest: Rest) => unknown,
  options?: AuxiliaryOption,
): (params: P, ...rest: Rest) => unknown {
  const withAuxiliary = options?.auxiliary === true;
  return (params, ...rest) => {
    const [loss, auxiliary, gradients] = differentiate("valueAndGrad", params, (traced) => {
      const result = fn(traced, ...rest);
      if (!withAuxiliary) return [result, undefined];
      if (!Array.isArray(result) || result.length !== 2) {
        return fail("tree", `valueAndGrad({ auxiliary: true }): the function must return [loss, auxiliary]; got ${describeValue(result)}.`);
      }
      return [result[0], result[1]];
    });
    return withAuxiliary ? [[loss, auxiliary], gradients] : [loss, gradients];
  };
}

/**
 * Turns a loss function into its gradient by the first argument.
 *
 * @param fn - A function of a tree of floating-point tensors, and of anything else, that returns a rank-0 tensor.
 * @returns A function that returns the gradients, in the parameters' structure; again differentiable.
 * @throws OptError `dtype`, `shape` or `tree` when parameters or loss are not of that kind.
 *
 * @example
 * ```ts
 * import { grad, tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 *
 * const cube = (x: Tensor) => x.pow(3).sum();
 * const second = grad((x: Tensor) => grad(cube)(x).sum());
 * second(tensor(2)).item(); // 12
 * ```
 */
export function grad<P extends TensorTree, Rest extends readonly unknown[]>(
  fn: (params: P, ...rest: Rest) => Tensor,
): (params: P, ...rest: Rest) => P {
  return (params, ...rest) => differentiate("grad", params, (traced) => [fn(traced, ...rest), undefined])[2];
}
