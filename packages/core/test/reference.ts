import { isElementwise } from "../src/graph/primitives.ts";
import type { BinaryName, Operation, OperationOf, PrimitiveName, UnaryName } from "../src/graph/primitives.ts";
import { threefry2x32 } from "../src/random/threefry.ts";
import type { DType, TypedArray } from "../src/tensor/dtype.ts";
import type { Shape } from "../src/tensor/shape.ts";
import { sizeOf } from "../src/tensor/shape.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { elementRules, spread } from "./reference-rules.ts";

/** What a tensor must read as: the values, and how far each may be off (`Infinity`: nothing can be said). */
export interface Expected {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: Float64Array;
  readonly errors: Float64Array;
}

interface Site<P extends PrimitiveName> {
  readonly operation: OperationOf<P>;
  readonly tensor: Tensor;
  readonly inputs: readonly Expected[];
  readonly ulpsOf: UlpsOf;
}

/** How far a backend's elementwise primitive, or the one that made a tensor, may be from the correctly rounded result, in units in the last place. */
export type UlpsOf = (name: UnaryName | BinaryName, tensor?: Tensor) => number;

const ulpsOfCpu: UlpsOf = (name) => elementRules[name].ulps;

const epsilon: Readonly<Record<DType, number>> = { f32: 2 ** -24, f64: 2 ** -53, i32: 0, bool: 0 };
const smallest: Readonly<Record<DType, number>> = { f32: 2 ** -126, f64: 2 ** -1022, i32: 0, bool: 0 };
const largest: Readonly<Record<DType, number>> = { f32: 1e38, f64: 1e308, i32: Infinity, bool: Infinity };

function round(dtype: DType, value: number): number {
  return dtype === "f32" ? Math.fround(value) : value;
}

function empty(tensor: Tensor): Expected {
  return { shape: tensor.shape, dtype: tensor.dtype, values: new Float64Array(tensor.size), errors: new Float64Array(tensor.size) };
}

/** Writes one computed value: rounded, with the error that its operands and its own rounding bring. */
function put(into: Expected, index: number, value: number, error: number, ulps: number): void {
  const rounded = round(into.dtype, value);
  into.values[index] = rounded;
  if (error === 0 && ulps === 0) return;
  const doubtful = Math.abs(rounded) > largest[into.dtype] && Number.isFinite(rounded);
  const own = Number.isFinite(rounded) ? 2 * epsilon[into.dtype] * Math.abs(rounded) * (1 + ulps) + smallest[into.dtype] : 0;
  into.errors[index] = doubtful || Number.isNaN(error) ? Infinity : error + own;
}

function fill(tensor: Tensor, value: (index: number) => number): Expected {
  const result = empty(tensor);
  for (let index = 0; index < result.values.length; index++) put(result, index, value(index), 0, 0);
  return result;
}

/** Row-major strides in elements. */
function rowMajorStrides(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** The coordinates of a row-major index. */
function coordinates(shape: Shape, index: number): number[] {
  return rowMajorStrides(shape).map((stride, axis) => Math.floor(index / stride) % (shape[axis] ?? 1));
}

/** Copies elements from computed places of the operand. */
function move(tensor: Tensor, input: Expected, source: (place: number[]) => number[]): Expected {
  const result = empty(tensor);
  const strides = rowMajorStrides(input.shape);
  for (let index = 0; index < result.values.length; index++) {
    const from = source(coordinates(tensor.shape, index)).reduce((total, at, axis) => total + at * (strides[axis] ?? 0), 0);
    result.values[index] = input.values[from] ?? NaN;
    result.errors[index] = input.errors[from] ?? NaN;
  }
  return result;
}

function elementwise({ operation, tensor, inputs, ulpsOf }: Site<PrimitiveName>): Expected {
  const result = empty(tensor);
  const name = operation.name as keyof typeof elementRules;
  const rule = elementRules[name];
  const ulps = inputs[0]?.dtype === "i32" ? 0 : ulpsOf(name, tensor);
  const apply = inputs[0]?.dtype === "i32" && rule.integer !== undefined ? rule.integer : rule.float;
  for (let index = 0; index < result.values.length; index++) {
    const operands = inputs.map((input) => input.values[index] ?? NaN);
    const error = spread(operation.name, apply, operands, inputs.map((input) => input.errors[index] ?? NaN));
    put(result, index, apply(...operands), error, ulps);
  }
  return result;
}

function convert(from: DType, to: DType, value: number): number {
  if (to === "i32" && from !== "bool") return Number.isNaN(value) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value)));
  return to === "bool" ? Number(value !== 0) : value;
}

/** A sum of terms in an unknown order: every partial result may be rounded. */
function total(into: Expected, index: number, terms: readonly number[], errors: readonly number[]): void {
  let sum = 0;
  let size = 0;
  let error = 0;
  terms.forEach((term, position) => {
    sum = into.dtype === "i32" ? (sum + term) | 0 : sum + term;
    size += Math.abs(term);
    error += errors[position] ?? NaN;
  });
  if (into.dtype === "i32") {
    into.values[index] = sum;
    into.errors[index] = error > 0 ? Infinity : 0;
    return;
  }
  // Where infinities meet, sum and size are not finite and every order gives the same; near overflow orders may differ.
  if (Number.isFinite(size) && size > largest[into.dtype]) error = Infinity;
  const rounding = Number.isFinite(size) && terms.length > 1 ? (terms.length + 2) * epsilon[into.dtype] * size : 0;
  put(into, index, sum, error + rounding, 0);
}

function reduction({ operation, tensor, inputs }: Site<"sum" | "max">): Expected {
  const [input] = inputs;
  if (input === undefined) throw new Error("a reduction has an operand");
  if (operation.axes.every((axis) => input.shape[axis] === 1)) return { ...input, shape: tensor.shape };
  const result = empty(tensor);
  const strides = rowMajorStrides(tensor.shape);
  const groups = Array.from({ length: tensor.size }, (): { values: number[]; errors: number[] } => ({ values: [], errors: [] }));
  input.values.forEach((value, index) => {
    const place = coordinates(input.shape, index).map((at, axis) => (operation.axes.includes(axis) ? 0 : at));
    const group = groups[place.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0)];
    group?.values.push(value);
    group?.errors.push(input.errors[index] ?? NaN);
  });
  groups.forEach(({ values, errors }, index) => {
    if (operation.name === "sum") total(result, index, values, errors);
    else put(result, index, Math.max(...values), Math.max(...errors), 0);
  });
  return result;
}

function product({ tensor, inputs }: Site<"matmul">): Expected {
  const [a, b] = inputs;
  if (a === undefined || b === undefined) throw new Error("a matrix product has two operands");
  const result = empty(tensor);
  const [rows = 0, columns = 0] = tensor.shape;
  const depth = a.shape[1] ?? 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const terms: number[] = [];
      const errors: number[] = [];
      for (let k = 0; k < depth; k++) {
        const [left, right] = [row * depth + k, k * columns + column];
        const operands = [a.values[left] ?? NaN, b.values[right] ?? NaN];
        const term = (operands[0] ?? NaN) * (operands[1] ?? NaN);
        // A fused multiply-add does not overflow where the product alone does.
        const overflows = operands.every(Number.isFinite) && Math.abs(term) > largest[tensor.dtype];
        terms.push(term);
        errors.push(overflows ? Infinity : spread("mul", (x = 0, y = 0) => x * y, operands, [a.errors[left] ?? NaN, b.errors[right] ?? NaN]) + smallest[tensor.dtype]);
      }
      total(result, row * columns + column, terms, errors);
    }
  }
  return result;
}

function uniform({ operation, tensor, inputs }: Site<"random">): Expected {
  const [key0 = 0, key1 = 0] = inputs.map((input) => input.values[0] ?? 0);
  return fill(tensor, (index) => {
    const [first, second] = threefry2x32(key0, key1, index, operation.stream);
    return tensor.dtype === "f32" ? (first >>> 8) * 2 ** -24 : ((first >>> 5) * 2 ** 26 + (second >>> 6)) * 2 ** -53;
  });
}

function choice({ tensor, inputs }: Site<"where">): Expected {
  const [condition, a, b] = inputs;
  const result = empty(tensor);
  for (let index = 0; index < result.values.length; index++) {
    const chosen = condition?.values[index] !== 0 ? a : b;
    result.values[index] = chosen?.values[index] ?? NaN;
    result.errors[index] = (condition?.errors[index] ?? NaN) > 0 ? Infinity : (chosen?.errors[index] ?? NaN);
  }
  return result;
}

function cast({ operation, tensor, inputs }: Site<"cast">): Expected {
  const [input] = inputs;
  const from = input?.dtype ?? "f32";
  const result = empty(tensor);
  const apply = (value = 0): number => convert(from, operation.dtype, value);
  for (let index = 0; index < result.values.length; index++) {
    const operands = [input?.values[index] ?? NaN];
    const error = spread("cast", apply, operands, [input?.errors[index] ?? NaN]);
    put(result, index, apply(...operands), operation.dtype === "i32" && error > 0 ? Infinity : error, 0);
  }
  return result;
}

function concatenate({ operation: { axis }, tensor, inputs }: Site<"concatenate">): Expected {
  const result = empty(tensor);
  let start = 0;
  const strides = rowMajorStrides(tensor.shape);
  for (const input of inputs) {
    const offset = start * (strides[axis] ?? 0);
    input.values.forEach((value, index) => {
      const to = coordinates(input.shape, index).reduce((sum, position, which) => sum + position * (strides[which] ?? 0), offset);
      result.values[to] = value;
      result.errors[to] = input.errors[index] ?? NaN;
    });
    start += input.shape[axis] ?? 0;
  }
  return result;
}

const first = ({ inputs }: Site<PrimitiveName>): Expected => inputs[0] ?? { shape: [], dtype: "f32", values: new Float64Array(1), errors: new Float64Array(1) };

function unknown({ tensor }: Site<PrimitiveName>): Expected {
  throw new Error(`reference: ${tensor.toString()} has no value`);
}

/** Total, so that a new primitive without a rule does not compile. */
type Rules = { readonly [P in Exclude<PrimitiveName, UnaryName | BinaryName>]: (site: Site<P>) => Expected };

/** The primitives that are not elementwise functions of equal shapes. */
const rules: Rules = {
  data: unknown, input: unknown, hostInput: unknown, hostCall: unknown, place: unknown, concatenate,
  slice: ({ operation, tensor, inputs: [input] }) =>
    move(tensor, input ?? empty(tensor), (place) => place.map((position, axis) => (axis === operation.axis ? position + operation.start : position))),
  hostConstant: ({ operation, tensor }) => fill(tensor, () => operation.value),
  fromHost: (site) => fill(site.tensor, () => first(site).values[0] ?? NaN),
  constant: ({ operation, tensor }) => fill(tensor, () => operation.value),
  iota: ({ operation, tensor }) => fill(tensor, (index) => coordinates(tensor.shape, index)[operation.axis] ?? NaN),
  random: uniform, where: choice, cast, sum: reduction, max: reduction, matmul: product,
  variable: first, stopGradient: first,
  reshape: (site) => ({ ...first(site), shape: site.tensor.shape }),
  transpose: (site) => move(site.tensor, first(site), (place) => {
    const source = new Array<number>(place.length);
    site.operation.permutation.forEach((axis, index) => { source[axis] = place[index] ?? 0; });
    return source;
  }),
  broadcast: (site) => move(site.tensor, first(site), (place) => {
    const input = first(site).shape;
    return input.map((length, axis) => (length === 1 ? 0 : (place[axis + place.length - input.length] ?? 0)));
  }),
};

/**
 * Computes tensors the naive way: one primitive after another, in plain numbers, rounding to f32 after each f32 operation.
 *
 * @param tensors - Tensors that have not been computed yet: computing replaces a tensor's operation by its elements.
 * @param ulpsOf - How exact the backend's functions are; default the CPU's.
 * @returns What each must read as.
 */
export function evaluateReference(tensors: readonly Tensor[], ulpsOf: UlpsOf = ulpsOfCpu): Expected[] {
  const known = new Map<Tensor, Expected>();
  const visit = (tensor: Tensor): Expected => {
    const done = known.get(tensor);
    if (done !== undefined) return done;
    const result = compute(tensor, visit, ulpsOf);
    known.set(tensor, result);
    return result;
  };
  return tensors.map(visit);
}

function compute(tensor: Tensor, visit: (tensor: Tensor) => Expected, ulpsOf: UlpsOf): Expected {
  if (tensor.storage !== undefined) {
    const elements = tensor.readSync();
    return fill(tensor, (index) => elements[index] ?? NaN);
  }
  const site = { operation: tensor.operation, tensor, inputs: tensor.inputs.map(visit), ulpsOf };
  const rule = (rules as Readonly<Record<string, unknown>>)[tensor.operation.name] as ((site: Site<Operation["name"]>) => Expected) | undefined;
  if (rule !== undefined) return rule(site);
  if (!isElementwise(tensor.operation)) throw new Error(`reference: ${tensor.operation.name} has no rule`);
  return elementwise(site);
}

/** Describes the first element that is wrong, or returns undefined when all agree. NaN and ±∞ must agree exactly. */
export function difference(expected: Expected, tensor: Tensor, actual: TypedArray = tensor.readSync()): string | undefined {
  if (tensor.shape.join() !== expected.shape.join()) return `shape [${tensor.shape.join()}] instead of [${expected.shape.join()}]`;
  if (actual.length !== sizeOf(expected.shape)) return `${String(actual.length)} elements instead of ${String(sizeOf(expected.shape))}`;
  for (let index = 0; index < actual.length; index++) {
    const value = actual[index] ?? NaN;
    const wanted = expected.values[index] ?? NaN;
    const error = expected.errors[index] ?? NaN;
    if (error === Infinity || value === wanted || (Number.isNaN(value) && Number.isNaN(wanted))) continue;
    if (Math.abs(value - wanted) <= error) continue;
    return `element ${String(index)} of ${expected.dtype}[${expected.shape.join()}]: ${String(value)} instead of ${String(wanted)} ± ${String(error)}`;
  }
  return undefined;
}
