import type { Optimizer, TensorTree, UpdateExtra } from "@opt/core";
import { fail, treeMapWithPath, treePaths } from "@opt/core";

/**
 * Puts a name before an optimizer: parameters that it cannot train and gradients that do not belong to the parameters are
 * reported under that name and the parameter's path. The check runs while a step is traced, so a compiled step pays nothing.
 *
 * @param name - The name for the messages.
 * @param optimizer - The optimizer.
 * @returns An optimizer that checks what it is given and then does the same.
 * @throws OptError `dtype` from init; `tree`, `shape` or `dtype` from update.
 */
export function named<State>(name: string, optimizer: Optimizer<State>): Optimizer<State> {
  return {
    init(params: TensorTree): State {
      treeMapWithPath((path, param) => {
        if (param.dtype === "f32" || param.dtype === "f64") return param;
        return fail("dtype", `${name}: parameter${at(path)}: must be f32 or f64; got ${param.dtype}. Use cast(parameter, "f32").`);
      }, params);
      return optimizer.init(params);
    },
    update<P extends TensorTree>(gradients: P, state: State, params: P, extra?: UpdateExtra): { updates: P; state: State } {
      checkPaths(name, treePaths(gradients), treePaths(params));
      treeMapWithPath((path, gradient, param) => {
        const sameShape = gradient.rank === param.rank && gradient.shape.every((length, axis) => length === param.shape[axis]);
        if (!sameShape) {
          fail("shape", `${name}: gradient${at(path)}: must have the parameter's shape [${param.shape.join(", ")}]; got [${gradient.shape.join(", ")}].`);
        }
        if (gradient.dtype !== param.dtype) {
          fail("dtype", `${name}: gradient${at(path)}: must have the parameter's dtype ${param.dtype}; got ${gradient.dtype}.`);
        }
        return gradient;
      }, gradients, params);
      return optimizer.update(gradients, state, params, extra);
    },
  };
}

/** The path of a leaf for a message; a single tensor that is the whole tree has none. */
function at(path: string): string {
  return path === "" ? "" : ` ${path}`;
}

function checkPaths(name: string, gradients: readonly string[], params: readonly string[]): void {
  const missing = params.find((path) => !gradients.includes(path));
  if (missing !== undefined) fail("tree", `${name}: gradients: must have the parameters' structure; got none for parameter${at(missing)}.`);
  const extra = gradients.find((path) => !params.includes(path));
  if (extra !== undefined) fail("tree", `${name}: gradients: must have the parameters' structure; got${at(extra)}, which is no parameter.`);
}
