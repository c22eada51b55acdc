import { checkOptions, describeValue, fail } from "@opt/core";
import type { Shape, TypedArray } from "@opt/core";

/** Examples in memory: row i of `inputs` belongs to row i of `targets`. Plain data; it is never changed. */
export interface Dataset {
  /** The number of examples. */
  readonly size: number;
  /** All inputs, one example after another. */
  readonly inputs: TypedArray;
  /** The shape of one example's input, such as `[784]`. */
  readonly inputShape: Shape;
  /** All targets, one example after another: class indices as an `Int32Array`, or values. */
  readonly targets: TypedArray;
  /** The shape of one example's target; `[]` for a class index. */
  readonly targetShape: Shape;
}

/** What {@link dataset} is made from. */
export interface DatasetOptions {
  /** All inputs, one example after another; used as they are, not copied. */
  readonly inputs: TypedArray;
  /** The shape of one example's input. */
  readonly inputShape: Shape;
  /** All targets, one example after another; used as they are, not copied. */
  readonly targets: TypedArray;
  /** The shape of one example's target. Default `[]`: one number each. */
  readonly targetShape?: Shape;
}

/** The number of elements in one example of a shape. */
export function exampleSize(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

function countRows(name: string, array: unknown, shape: unknown): number {
  if (!(array instanceof Float32Array || array instanceof Float64Array || array instanceof Int32Array)) {
    fail("option", `dataset({ ${name}s }): must be a Float32Array, Float64Array or Int32Array; got ${describeValue(array)}.`);
  }
  if (!Array.isArray(shape) || !shape.every((length) => Number.isInteger(length) && length > 0)) {
    fail("option", `dataset({ ${name}Shape }): must be a list of integers ≥ 1, such as [784]; got ${describeValue(shape)}.`);
  }
  const width = exampleSize(shape as Shape);
  if (array.length % width !== 0) {
    fail("data", `dataset({ ${name}s }): must hold a whole number of examples of shape [${shape.join(", ")}], ${width} numbers each; got ${array.length} numbers.`);
  }
  return array.length / width;
}

/**
 * Puts inputs and targets together as a data set.
 *
 * @param options - See {@link DatasetOptions}.
 * @returns The data set; it shares the arrays.
 * @throws OptError `option` for wrong arrays or shapes, `data` when the numbers of examples differ.
 *
 * @example
 * ```ts
 * import { dataset } from "@opt/data";
 *
 * const points = dataset({ inputs: Float32Array.of(0, 0, 1, 1), inputShape: [2], targets: Int32Array.of(0, 1) });
 * points.size; // 2
 * ```
 */
export function dataset(options: DatasetOptions): Dataset {
  checkOptions("dataset", options, ["inputs", "inputShape", "targets", "targetShape"]);
  const { inputs, inputShape, targets, targetShape = [] } = options;
  const size = countRows("input", inputs, inputShape);
  const targetCount = countRows("target", targets, targetShape);
  if (size !== targetCount) {
    fail("data", `dataset: must have as many targets as inputs; got ${size} inputs and ${targetCount} targets.`);
  }
  return { size, inputs, inputShape: [...inputShape], targets, targetShape: [...targetShape] };
}
