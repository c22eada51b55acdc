import type { NestedNumbers, Tensor, TensorTree } from "@opt/core";
import { tensor, treeLeaves, treePaths } from "@opt/core";
import { compareNumbers } from "@opt/testing";
import { expect } from "vitest";

/** A tensor of doubles. */
export const f64 = (data: NestedNumbers): Tensor => tensor(data, { dtype: "f64" });

/** Tensors of doubles from an object of numbers, as a golden file holds a layer's parameters. */
export function tensorsOf<Name extends string>(layer: Readonly<Record<Name, NestedNumbers>>): Record<Name, Tensor> {
  // The names are the layer's own.
  return Object.fromEntries(Object.entries<NestedNumbers>(layer).map(([name, data]) => [name, f64(data)])) as Record<Name, Tensor>;
}

/** Compares trees leaf by leaf, relative to each element or, near 0, to 1. */
export function expectClose(actual: TensorTree, expected: TensorTree, relative: number): void {
  const paths = treePaths(actual);
  expect(paths).toEqual(treePaths(expected));
  const leaves = treeLeaves(expected);
  treeLeaves(actual).forEach((leaf, index) => {
    const { close, message } = compareNumbers(leaf, leaves[index] ?? [], { relative });
    expect(close, `${paths[index] ?? ""}: ${message}`).toBe(true);
  });
}
