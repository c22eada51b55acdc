import { fromArray } from "@opt/core";
import type { Tensor, TypedArray } from "@opt/core";

import { exampleSize } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";

/** What a training step is given: tensors whose first axis numbers the examples. A type, not an interface, so that it is a tensor tree. */
export type Batch = {
  /** `[batch, ...inputShape]` */
  readonly inputs: Tensor;
  /** `[batch, ...targetShape]` */
  readonly targets: Tensor;
};

/** Rows shorter than this are copied number by number: cheaper than making a view for each. */
const shortRow = 16;

function emptyLike(array: TypedArray, length: number): TypedArray {
  if (array instanceof Float32Array) return new Float32Array(length);
  return array instanceof Float64Array ? new Float64Array(length) : new Int32Array(length);
}

/** Copies rows into a new array; without an order, the rows `start` … `end − 1` as they stand. */
function gatherRows(array: TypedArray, width: number, order: Uint32Array | undefined, start: number, end: number): TypedArray {
  if (order === undefined) return array.slice(start * width, end * width);
  const rows = emptyLike(array, (end - start) * width);
  for (let row = start; row < end; row++) {
    const from = order[row]! * width;
    const to = (row - start) * width;
    if (width < shortRow) {
      for (let column = 0; column < width; column++) rows[to + column] = array[from + column]!;
    } else {
      rows.set(array.subarray(from, from + width), to);
    }
  }
  return rows;
}

/** The rows `order[start]` … `order[end − 1]` of a data set, in arrays of their own. */
export function gatherDataset(data: Dataset, order: Uint32Array | undefined, start: number, end: number): Dataset {
  return {
    ...data,
    size: end - start,
    inputs: gatherRows(data.inputs, exampleSize(data.inputShape), order, start, end),
    targets: gatherRows(data.targets, exampleSize(data.targetShape), order, start, end),
  };
}

/** A whole data set as one batch; the tensors take the arrays over, so nothing else may change them. */
export function asBatch(data: Dataset): Batch {
  return {
    inputs: fromArray(data.inputs, [data.size, ...data.inputShape]),
    targets: fromArray(data.targets, [data.size, ...data.targetShape]),
  };
}
