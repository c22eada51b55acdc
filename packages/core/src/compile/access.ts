import type { Shape } from "../tensor/shape.ts";
import type { GraphNode } from "./graph.ts";
import type { IndexMap } from "./kernel.ts";

/**
 * How a kernel's loops walk through a node: its coordinate along one of its axes is
 * `offsets[axis] + Σ rows[axis][loop] · index[loop]`. Axes of length 1 have zero rows, so equal walks have equal coefficients.
 */
export class Access {
  readonly rows: readonly (readonly number[])[];
  /** What is added to the coordinate along each of the node's axes: where a slice starts. */
  readonly offsets: readonly number[];
  #key: string | undefined;

  constructor(rows: readonly (readonly number[])[], offsets: readonly number[]) {
    this.rows = rows;
    this.offsets = offsets;
  }

  /** Text that is equal for equal walks. */
  get key(): string {
    this.#key ??= `${this.rows.join(";")}+${this.offsets.join()}`;
    return this.#key;
  }
}

/** The walk through a single element. */
export const noAxes: Access = new Access([], []);

function unitRow(length: number, position: number): number[] {
  const row = new Array<number>(length).fill(0);
  if (position >= 0) row[position] = 1;
  return row;
}

/**
 * Matches a node's axes with loop axes of equal lengths in order; axes of length 1 match nothing.
 *
 * @param shape - The node's shape.
 * @param extents - Lengths of the loop axes.
 * @param allowed - Which loop axes may be matched; all of those longer than 1 must be.
 * @returns The walk, or undefined when the axes do not match.
 */
export function matchAxes(shape: Shape, extents: readonly number[], allowed: (loop: number) => boolean): Access | undefined {
  const loops = extents.flatMap((extent, loop) => (extent !== 1 && allowed(loop) ? [loop] : []));
  let position = 0;
  const rows: number[][] = [];
  for (const length of shape) {
    if (length === 1) {
      rows.push(unitRow(extents.length, -1));
      continue;
    }
    const loop = loops[position++];
    if (loop === undefined || extents[loop] !== length) return undefined;
    rows.push(unitRow(extents.length, loop));
  }
  return position === loops.length ? new Access(rows, shape.map(() => 0)) : undefined;
}

/** The walk through the operand of a view, or undefined where the view does not keep walks affine. */
export function accessOperand(view: GraphNode, access: Access, loops: number): Access | undefined {
  const operand = view.inputs[0];
  if (operand === undefined) return undefined;
  if (operand.shape.length === 0) return noAxes;
  const zero = unitRow(loops, -1);
  const row = (axis: number): readonly number[] => access.rows[axis] ?? zero;
  const offset = (axis: number): number => access.offsets[axis] ?? 0;
  switch (view.operation.name) {
    case "transpose": {
      const { permutation } = view.operation;
      const rows: (readonly number[])[] = new Array<readonly number[]>(permutation.length);
      const offsets = new Array<number>(permutation.length);
      permutation.forEach((axis, index) => {
        rows[axis] = row(index);
        offsets[axis] = offset(index);
      });
      return new Access(rows, offsets);
    }
    case "broadcast": {
      const lead = view.shape.length - operand.shape.length;
      return new Access(
        operand.shape.map((length, axis) => (length === 1 ? zero : row(axis + lead))),
        operand.shape.map((length, axis) => (length === 1 ? 0 : offset(axis + lead))),
      );
    }
    case "reshape": {
      if (!keepsAxes(view.shape, operand.shape)) return undefined;
      const long = view.shape.flatMap((length, axis) => (length === 1 ? [] : [axis]));
      let position = 0;
      const axes = operand.shape.map((length) => (length === 1 ? -1 : (long[position++] ?? -1)));
      return new Access(axes.map(row), axes.map(offset));
    }
    case "slice": {
      const { axis, start } = view.operation;
      return new Access(access.rows, access.offsets.map((own, index) => (index === axis ? own + start : own)));
    }
    default:
      return undefined;
  }
}

/** Whether two shapes differ only by axes of length 1. */
export function keepsAxes(a: Shape, b: Shape): boolean {
  const long = (shape: Shape): string => shape.filter((length) => length !== 1).join();
  return long(a) === long(b);
}

/** Where a walk through a dense row-major node leads in its buffer. */
export function flatIndex({ rows, offsets }: Access, shape: Shape, loops: number): IndexMap {
  const strides = new Array<number>(loops).fill(0);
  let offset = 0;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const row = rows[axis] ?? [];
    for (let loop = 0; loop < row.length; loop++) strides[loop] = (strides[loop] ?? 0) + (row[loop] ?? 0) * stride;
    offset += (offsets[axis] ?? 0) * stride;
    stride *= shape[axis] ?? 1;
  }
  return { strides, offset };
}
