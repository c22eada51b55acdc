import { fail } from "../errors.ts";
import { describeValue } from "../options.ts";

/** The lengths of a tensor's axes, outermost first. `[]` is a single number. */
export type Shape = readonly number[];

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  // Not for…of: this runs before engines optimize, and an iterator costs three times as much then.
  return shape.reduce((size, length) => size * length, 1);
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Writes a shape as it appears in messages: `[128, 784]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Checks that a shape is a list of whole numbers ≥ 0. */
export function checkShape(where: string, shape: Shape): Shape {
  // A caller without types may hand in anything.
  const lengths: unknown = shape;
  const valid = Array.isArray(lengths) && lengths.every((length) => Number.isInteger(length) && length >= 0);
  return valid ? shape : fail("shape", `${where}: a shape is a list of whole numbers ≥ 0; got ${describeValue(shape)}.`);
}

/** The shape that two operands broadcast to by NumPy's rules, or undefined when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const lengthA = a[axis - rank + a.length] ?? 1;
    const lengthB = b[axis - rank + b.length] ?? 1;
    if (lengthA !== lengthB && lengthA !== 1 && lengthB !== 1) return undefined;
    result[axis] = lengthA === 1 ? lengthB : lengthA;
  }
  return result;
}

/** Resolves an axis list (one axis, several, or all when undefined; negative counts from the end) to sorted axes. */
export function resolveAxes(where: string, shape: Shape, axes: number | readonly number[] | undefined): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  const resolved = list.map((axis) => {
    const positive = axis < 0 ? axis + shape.length : axis;
    if (!Number.isInteger(positive) || positive < 0 || positive >= shape.length) {
      fail("shape", `${where}: axis ${String(axis)} does not exist in shape ${showShape(shape)}.`);
    }
    return positive;
  });
  const sorted = shape.flatMap((_, axis) => (resolved.includes(axis) ? [axis] : []));
  return sorted.length === resolved.length ? sorted : fail("shape", `${where}: axes ${describeValue(list)} name an axis twice.`);
}

/** The shape that a reduction over `axes` leaves. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}
