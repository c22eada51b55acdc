import type { Initializer, Shape } from "@opt/core";
import { describeValue, fail, Tensor } from "@opt/core";

/** Writes a tensor's dtype and shape, or whatever else was given, for a message. */
export function show(value: unknown): string {
  return value instanceof Tensor ? `${value.dtype}[${value.shape.join(", ")}]` : describeValue(value);
}

/** Whether a value is a tensor of a shape. */
function hasShape(value: unknown, shape: Shape): boolean {
  return value instanceof Tensor && value.rank === shape.length && value.shape.every((length, axis) => length === shape[axis]);
}

/** Checks that a tensor of the parameters or of a state is there and has its shape; `path` names it: `params.layers[1].weight`. */
export function checkTensor(where: string, path: string, value: unknown, shape: Shape): void {
  if (!hasShape(value, shape)) fail("shape", `${where}: ${path} must have shape [${shape.join(", ")}]; got ${show(value)}.`);
}

/** Checks an option that is an initializer. */
export function checkInitializer(where: string, name: string, value: Initializer): void {
  if (typeof value === "function") return;
  fail("option", `${where}({ ${name} }): must be an initializer, a function of a key and a shape; got ${describeValue(value)}. Use one of @opt/init, such as heNormal().`);
}

/** Checks an option that is a model. */
export function checkModel(where: string, name: string, value: unknown): void {
  const isModel = typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" && "apply" in value && typeof value.apply === "function";
  if (!isModel) fail("option", `${where}: ${name} must be a model { init, apply }, such as dense(…); got ${describeValue(value)}.`);
}
