import type { IndexMap, KernelValue } from "../../compile/kernel.ts";
import { operandsOf } from "../../compile/stages.ts";

/** Bit mask of the axes along which an index map moves. */
export function movingAxes(index: IndexMap): number {
  return index.strides.reduce((mask, stride, axis) => (stride === 0 ? mask : mask | (1 << axis)), 0);
}

/**
 * For each value of a kernel's body, the bit mask of the axes along which it changes.
 *
 * @param values - The body.
 * @param axes - The number of loop axes.
 * @param reducedMask - Bit mask of the reduced axes.
 */
export function axesOfValues(values: readonly KernelValue[], axes: number, reducedMask: number): number[] {
  const moving: number[] = [];
  for (const value of values) {
    let mask = operandsOf(value).reduce((union, operand) => union | (moving[operand] ?? 0), 0);
    if (value.kind === "load" || value.kind === "iota" || value.kind === "random") mask |= movingAxes(value.index);
    if (value.kind === "reduce") mask &= ~reducedMask;
    moving.push(value.kind === "product" ? (1 << axes) - 1 : mask);
  }
  return moving;
}
