import { describeValue, fail, nearest, Tensor, treeFlatten, treePaths } from "@opt/core";
import type { Leaf, StateTree, TensorTree } from "@opt/core";

/** Checks an option that is one of a few words, or a switch, and returns it. */
export function checkChoice<const Choice extends string | boolean>(where: string, name: string, value: Choice, choices: readonly Choice[]): Choice {
  if (choices.includes(value)) return value;
  const suggestion = typeof value === "string" ? nearest(value, choices.map(String)) : undefined;
  const hint = suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
  return fail("option", `${where}({ ${name} }): must be ${choices.map(describeValue).join(" or ")}; got ${describeValue(value)}.${hint}`);
}

/** Checks an option that is a function; `form` says which one: `(loss, params) => params`. */
export function checkFunction(where: string, name: string, value: unknown, form: string): void {
  if (typeof value !== "function") fail("option", `${where}({ ${name} }): must be a function ${form}; got ${describeValue(value)}.`);
}

function isFloat(leaf: Leaf): boolean {
  return leaf instanceof Tensor && (leaf.dtype === "f32" || leaf.dtype === "f64");
}

/** Checks that an argument is a tree of floating-point tensors, and not an empty one. */
export function checkParameters(where: string, name: string, params: TensorTree): void {
  const { leaves } = treeFlatten(params);
  const wrong = leaves.findIndex((leaf) => !isFloat(leaf));
  if (leaves.length > 0 && wrong < 0) return;
  const leaf = leaves[wrong];
  const path = treePaths(params)[wrong] ?? "";
  const found = leaf === undefined ? describeValue(params) : `${leaf instanceof Tensor ? `a tensor of dtype ${leaf.dtype}` : describeValue(leaf)}${path === "" ? "" : ` at ${path}`}`;
  fail("tree", `${where}(${name}): must be a tree of one or more f32 or f64 tensors; got ${found}. Wrap numbers: tensor(value, { dtype: "f64" }).`);
}

/** Checks that a tree has the same leaves as another, which `likeName` describes. */
export function checkLike(where: string, name: string, tree: StateTree, like: StateTree, likeName: string): void {
  const [paths, expected] = [treePaths(tree), treePaths(like)];
  const [has, expects] = [new Set(paths), new Set(expected)];
  const missing = expected.find((path) => !has.has(path));
  const extra = paths.find((path) => !expects.has(path));
  if (missing === undefined && extra === undefined) return;
  fail("tree", `${where}(${name}): must have the structure of ${likeName}; ${missing === undefined ? `${extra ?? ""} is not in it` : `${missing} is missing`}.`);
}
