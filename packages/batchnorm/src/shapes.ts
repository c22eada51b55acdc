import type { Shape } from "@opt/core";
import { describeValue, fail, Tensor } from "@opt/core";
import type { Settings } from "./options.ts";

function show(value: unknown): string {
  return value instanceof Tensor ? `${value.dtype}[${value.shape.join(", ")}]` : describeValue(value);
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The shape of an input in words: `[batch, 3]` where axis 0 is reduced and 3 features are kept. */
function expectedShape({ shape, axes }: Settings): string {
  let kept = 0;
  const lengths = Array.from({ length: shape.length + axes.length }, (_, axis) => {
    if (!axes.includes(axis)) return String(shape[kept++]);
    return axis === 0 ? "batch" : "any";
  });
  return `[${lengths.join(", ")}]`;
}

/** The lengths that the input's kept axes have. */
function keptLengths(x: Tensor, axes: readonly number[]): Shape {
  return x.shape.filter((_, axis) => !axes.includes(axis));
}

/** Checks that an input has the features of the layer. @internal */
export function checkInput(where: string, settings: Settings, x: Tensor): void {
  const { shape, axes } = settings;
  const fits = x instanceof Tensor && x.rank === shape.length + axes.length && sameShape(keptLengths(x, axes), shape);
  if (fits && (x.dtype === "f32" || x.dtype === "f64")) return;
  if (fits) fail("dtype", `${where}: x must be f32 or f64; got ${show(x)}. Use cast(x, "f32").`);
  const advice = axes.join() === "0" ? ' For images give the axes too, such as axes: [0, 2, 3] for [batch, channels, height, width].' : "";
  fail("shape", `${where}: x must have shape ${expectedShape(settings)}, normalized over the axes [${axes.join(", ")}]; got ${show(x)}.${advice}`);
}

/** Checks that a tensor of the parameters or the state belongs to this layer and this input. @internal */
export function checkLeaf(where: string, path: string, value: unknown, { shape }: Settings, like?: Tensor): Tensor {
  if (!(value instanceof Tensor) || !sameShape(value.shape, shape)) {
    return fail("shape", `${where}: ${path} must have shape [${shape.join(", ")}], as init() makes it; got ${show(value)}.`);
  }
  if (like !== undefined && value.dtype !== like.dtype) {
    fail("dtype", `${where}: ${path} must be ${like.dtype} like x; got ${show(value)}. Use init({ dtype: "${like.dtype}" }).`);
  }
  return value;
}

/** Gives a tensor of the kept shape length 1 on the reduced axes, so that it broadcasts against the input. @internal */
export function alongFeatures(value: Tensor, { shape, axes }: Settings): Tensor {
  let kept = 0;
  return value.reshape(Array.from({ length: shape.length + axes.length }, (_, axis) => (axes.includes(axis) ? 1 : (shape[kept++] ?? 1))));
}

/** How many values each feature has in an input. @internal */
export function valuesPerFeature(x: Tensor, { axes }: Settings): number {
  return axes.reduce((count, axis) => count * (x.shape[axis] ?? 1), 1);
}

/** Checks that a variance can be taken. @internal */
export function checkEnoughValues(where: string, settings: Settings, x: Tensor): void {
  if (valuesPerFeature(x, settings) > 1) return;
  fail(
    "shape",
    `${where}: needs two or more values of each feature; got ${show(x)}, because the variance of one value is 0 and every output would be the shift. ` +
      'Use a larger batch, drop an incomplete last batch (lastBatch: "drop" in @opt/data), or use infer.',
  );
}
