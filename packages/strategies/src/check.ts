import { describeValue, fail, nearest, Tensor, treeFlatten } from "@opt/core";
import type { TensorTree } from "@opt/core";

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

/** Checks that an argument is a tree of floating-point tensors, and not an empty one. */
export function checkParameters(where: string, name: string, params: TensorTree): void {
  const { leaves } = treeFlatten(params);
  const floats = leaves.every((leaf) => leaf instanceof Tensor && (leaf.dtype === "f32" || leaf.dtype === "f64"));
  if (leaves.length > 0 && floats) return;
  fail("tree", `${where}(${name}): must be a tree of one or more f32 or f64 tensors; got ${describeValue(params)}. Wrap numbers: tensor(value, { dtype: "f64" }).`);
}
