import type { Shape, Tensor, TypedArray } from "@opt/core";
import { describeValue, fail, fromArray } from "@opt/core";

/** Examples in memory, one after another: every `Dataset` of `@opt/data` is one. */
export interface ExampleSet {
  /** The number of examples. */
  readonly size: number;
  readonly inputs: TypedArray;
  /** The shape of one example's input. */
  readonly inputShape: Shape;
  readonly targets: TypedArray;
  /** The shape of one example's target; `[]` for a class index. */
  readonly targetShape: Shape;
}

/** A batch of examples. */
export type ExampleBatch = {
  /** `[batch, ...inputShape]` */
  readonly inputs: Tensor;
  /** `[batch, ...targetShape]` */
  readonly targets: Tensor;
};

function lengthOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** Checks that a value has the form of a data set with at least one example. */
export function checkExamples(where: string, data: ExampleSet): void {
  const isArray = (value: unknown): boolean => value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array;
  const fits = typeof data === "object" && data !== null && isArray(data.inputs) && isArray(data.targets) && Array.isArray(data.inputShape) && Array.isArray(data.targetShape);
  if (!fits) fail("data", `${where}(data): must have inputs, inputShape, targets, targetShape and size; got ${describeValue(data)}. Use dataset(…) of @opt/data.`);
  const { size } = data;
  if (Number.isInteger(size) && size > 0 && data.inputs.length === size * lengthOf(data.inputShape) && data.targets.length === size * lengthOf(data.targetShape)) return;
  fail("data", `${where}(data): must hold size ≥ 1 examples; got size ${size} with ${data.inputs.length} numbers in inputs and ${data.targets.length} in targets.`);
}

function emptyLike(array: TypedArray, length: number): TypedArray {
  if (array instanceof Float32Array) return new Float32Array(length);
  return array instanceof Float64Array ? new Float64Array(length) : new Int32Array(length);
}

function gatherRows(array: TypedArray, width: number, rows: Uint32Array): TypedArray {
  const result = emptyLike(array, rows.length * width);
  rows.forEach((row, index) => result.set(array.subarray(row * width, (row + 1) * width), index * width));
  return result;
}

/** The examples of the given numbers as a batch with tensors of its own. */
export function gatherBatch(data: ExampleSet, rows: Uint32Array): ExampleBatch {
  return {
    inputs: fromArray(gatherRows(data.inputs, lengthOf(data.inputShape), rows), [rows.length, ...data.inputShape]),
    targets: fromArray(gatherRows(data.targets, lengthOf(data.targetShape), rows), [rows.length, ...data.targetShape]),
  };
}
