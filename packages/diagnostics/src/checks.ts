import type { FloatDType, TensorTree } from "@opt/core";
import { describeValue, fail, Tensor, treeFlatten, treeMapWithPath, treePaths } from "@opt/core";

/** Checks an argument that is a function. */
export function checkFunction(where: string, name: string, value: unknown, form: string): void {
  if (typeof value !== "function") fail("option", `${where}(${name}): must be a function ${form}; got ${describeValue(value)}.`);
}

function placeOf(name: string, path: string): string {
  return path === "" || path.startsWith("[") ? `${name}${path}` : `${name}.${path}`;
}

/** Checks that a tree holds floating-point tensors of one dtype, at least one, and returns the dtype. */
export function checkParams(where: string, name: string, tree: TensorTree): FloatDType {
  const { leaves } = treeFlatten(tree);
  const paths = treePaths(tree);
  const dtypes = leaves.map((leaf, index) => {
    const place = placeOf(name, paths[index] ?? "");
    if (!(leaf instanceof Tensor)) return fail("tree", `${where}: ${place} must be a tensor; got ${describeValue(leaf)}. Wrap it: tensor(value).`);
    if (leaf.dtype !== "f32" && leaf.dtype !== "f64") return fail("dtype", `${where}: ${place} must be f32 or f64; got ${leaf.dtype}.`);
    return leaf.dtype;
  });
  const [first] = dtypes;
  if (first === undefined) return fail("tree", `${where}: ${name} must hold at least one tensor; got ${describeValue(tree)}.`);
  if (dtypes.some((dtype) => dtype !== first)) fail("dtype", `${where}: all tensors of ${name} must have one dtype; got f32 and f64. Use cast(x, "f64").`);
  return first;
}

/** Checks that two points have the same structure, shapes and dtypes. */
export function checkAlike(where: string, a: TensorTree, b: TensorTree): void {
  treeMapWithPath(
    (path, first: Tensor, second: Tensor) => {
      if (first.dtype === second.dtype && first.shape.join() === second.shape.join()) return first;
      return fail("shape", `${where}: ${placeOf("b", path)} must look like ${placeOf("a", path)}, ${first.toString()}; got ${second.toString()}.`);
    },
    a,
    b,
  );
}
