import type { IndexMap, KernelValue } from "../../compile/kernel.ts";
import { failInternally } from "../../errors.ts";
import type { DType } from "../../tensor/dtype.ts";
import type { ElementKernel } from "./device-program.ts";

/** A piece of a concatenation in a buffer of its own, and where its elements belong in the whole. */
export interface Piece {
  readonly buffer: number;
  readonly length: number;
  readonly extents: readonly number[];
  readonly index: IndexMap;
}

/** How many consecutive elements of the whole a piece has at each place. */
function blockOf({ extents, index }: Piece): number {
  let block = 1;
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    if (extents[axis] === 1) continue;
    if (index.strides[axis] !== block) break;
    block *= extents[axis] ?? 1;
  }
  return block;
}

/** Makes the kernel that puts a concatenation together: each element looks up which piece it is in. */
export function joinPieces(pieces: readonly Piece[], length: number, dtype: DType, output: number): ElementKernel {
  const [first] = pieces;
  if (first === undefined) failInternally("a concatenation has no pieces");
  const outer = first.length / blockOf(first);
  const period = length / outer;
  const values: KernelValue[] = [];
  const push = (value: KernelValue): number => values.push(value) - 1;
  const position = push({ kind: "iota", index: { strides: [0, 1], offset: 0 }, dtype: "i32" });
  let result: number | undefined;
  for (const piece of [...pieces].sort((a, b) => b.index.offset - a.index.offset)) {
    const block = piece.length / outer;
    const { offset } = piece.index;
    const load = push({ kind: "load", buffer: piece.buffer, index: { strides: [block, 1], offset: -offset }, dtype });
    if (result === undefined) {
      result = load;
      continue;
    }
    // Pieces are in order, the last first: an element before the end of this one is in it or in one still to come.
    const end = push({ kind: "constant", value: offset + block, dtype: "i32" });
    const before = push({ kind: "function", name: "less", operands: [position, end], dtype: "bool" });
    result = push({ kind: "function", name: "where", operands: [before, load, result], dtype });
  }
  return { kind: "elements", extents: [outer, period], reduced: [false, false], values, result: result ?? 0, output, fused: ["concatenate"] };
}
