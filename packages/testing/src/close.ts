import type { Shape } from "@opt/core";
import { Tensor } from "@opt/core";

/** Numbers in any arrangement: a number, a typed or plain array, nested arrays, a tensor. */
export type Numbers = number | Tensor | ArrayLike<number> | readonly Numbers[];

/** How far numbers may be apart: `|actual − expected| ≤ absolute + relative · |expected|`. */
export interface Tolerance {
  /** Default 1e-5, or 1e-10 where one side is f64 (a tensor or a `Float64Array`) and the other is not f32. */
  readonly relative?: number;
  /** Default `relative`. */
  readonly absolute?: number;
}

/** The outcome of {@link compareNumbers}. */
export interface Comparison {
  readonly close: boolean;
  /** What differs most, or that nothing does. */
  readonly message: string;
}

/** Numbers brought into one array; a typed array from outside has no shape of its own but its length. */
interface Flat {
  readonly values: number[];
  readonly shape: Shape;
  readonly dtype: string | undefined;
}

function dtypeOfArray(value: unknown): string | undefined {
  if (value instanceof Float32Array) return "f32";
  return value instanceof Float64Array ? "f64" : undefined;
}

function flatten(value: Numbers): Flat {
  if (value instanceof Tensor) return { values: Array.from(value.readSync()), shape: value.shape, dtype: value.dtype };
  if (typeof value === "number") return { values: [value], shape: [], dtype: undefined };
  if (!Array.isArray(value)) {
    const array = value as ArrayLike<number>;
    return { values: Array.from(array), shape: [array.length], dtype: dtypeOfArray(array) };
  }
  const rows = (value as readonly Numbers[]).map(flatten);
  const [first] = rows;
  const inner = first?.shape ?? [];
  const ragged = rows.some((row) => row.shape.join() !== inner.join());
  return {
    values: rows.flatMap((row) => row.values),
    shape: ragged ? [value.length, Number.NaN] : [value.length, ...inner],
    dtype: undefined,
  };
}

function defaultRelative(a: Flat, b: Flat): number {
  const dtypes = [a.dtype, b.dtype];
  return dtypes.includes("f64") && !dtypes.includes("f32") ? 1e-10 : 1e-5;
}

function positionOf(index: number, shape: Shape): string {
  const position: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    position.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `[${position.join(", ")}]`;
}

/**
 * Compares numbers elementwise; equal infinities and two NaNs are close. A flat array fits any shape with as many elements.
 *
 * @param actual - What was computed.
 * @param expected - What it should be; a single number stands for every element.
 * @param tolerance - How far apart they may be.
 * @returns Whether all are close, and a message that names the worst element.
 *
 * @example
 * ```ts
 * import { compareNumbers } from "@opt/testing";
 *
 * compareNumbers([1, 2.001], [1, 2], { relative: 1e-2 }).close; // true
 * ```
 */
export function compareNumbers(actual: Numbers, expected: Numbers, tolerance: Tolerance = {}): Comparison {
  const a = flatten(actual);
  const b = flatten(expected);
  const repeated = typeof expected === "number";
  const sameShape = a.shape.join() === b.shape.join();
  const oneIsFlat = a.shape.length === 1 || b.shape.length === 1;
  if (!repeated && (a.values.length !== b.values.length || !(sameShape || oneIsFlat))) {
    return { close: false, message: `expected shape [${b.shape.join(", ")}], got [${a.shape.join(", ")}]` };
  }
  const relative = tolerance.relative ?? defaultRelative(a, b);
  const absolute = tolerance.absolute ?? relative;
  let worst = -1;
  let worstExcess = 0;
  let failures = 0;
  a.values.forEach((value, index) => {
    const target = (repeated ? b.values[0] : b.values[index]) ?? Number.NaN;
    if (Object.is(value, target) || value === target) return;
    const allowed = absolute + relative * Math.abs(target);
    const difference = Math.abs(value - target);
    if (difference <= allowed && Number.isFinite(difference)) return;
    failures++;
    const excess = Number.isFinite(difference) ? difference / allowed : Number.POSITIVE_INFINITY;
    if (worst >= 0 && !(excess > worstExcess)) return;
    worst = index;
    worstExcess = excess;
  });
  const limits = `relative ${String(relative)}, absolute ${String(absolute)}`;
  if (worst < 0) return { close: true, message: `all ${a.values.length} elements agree to ${limits}` };
  const target = (repeated ? b.values[0] : b.values[worst]) ?? Number.NaN;
  const value = a.values[worst] ?? Number.NaN;
  const place = a.values.length === 1 ? "" : ` at ${positionOf(worst, a.shape)}`;
  return {
    close: false,
    message:
      `${failures} of ${a.values.length} elements differ by more than ${limits}; the worst${place}: ` +
      `expected ${String(target)}, got ${String(value)} (difference ${Math.abs(value - target).toExponential(2)})`,
  };
}
