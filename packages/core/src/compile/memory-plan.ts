import { itemSize } from "../tensor/dtype.ts";
import type { Group } from "./fuse.ts";
import type { GraphNode } from "./graph.ts";

/** Buffers start at multiples of a cache line and are padded by one: kernels may read, but not write, a vector past the end. */
const alignment = 64;

/** The bytes that a buffer of some elements takes in memory. */
export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment + alignment;
}

/** A stretch of memory that is in use. */
interface Block {
  readonly offset: number;
  readonly end: number;
  readonly lastUse: number;
}

/** The lowest place where `bytes` fit between the blocks in use. */
function firstFit(blocks: readonly Block[], bytes: number): number {
  let offset = 0;
  for (const block of blocks) {
    if (offset + bytes <= block.offset) return offset;
    offset = Math.max(offset, block.end);
  }
  return offset;
}

/**
 * Gives the plan's temporary buffers places in one piece of memory, so that buffers that are never alive together share bytes.
 *
 * @param order - The groups in order of computation.
 * @param isTemporary - Whether a node's buffer is temporary.
 * @param keep - Nodes whose buffers must last to the end.
 * @param ownerOf - The node in whose buffer a node's elements are: itself, or the concatenation that it is a piece of.
 * @returns The byte offset of each temporary buffer, and the size of the whole.
 */
export function arrangeTemporaries(
  order: readonly Group[],
  isTemporary: (node: GraphNode) => boolean,
  keep: ReadonlySet<GraphNode>,
  ownerOf: (node: GraphNode) => GraphNode,
): { readonly offsets: ReadonlyMap<GraphNode, number>; readonly byteLength: number } {
  const lastUse = new Map<GraphNode, number>();
  order.forEach((group, step) => {
    for (const node of [...group.reads, ...group.members]) lastUse.set(ownerOf(node), step);
  });
  for (const node of keep) lastUse.set(ownerOf(node), order.length);
  const offsets = new Map<GraphNode, number>();
  let active: Block[] = [];
  let byteLength = 0;
  order.forEach((group, step) => {
    active = active.filter((block) => block.lastUse >= step);
    for (const member of group.members) {
      const node = ownerOf(member);
      if (offsets.has(node) || !isTemporary(node)) continue;
      const bytes = paddedBytes(node.size * itemSize[node.dtype]);
      const offset = firstFit(active, bytes);
      offsets.set(node, offset);
      active.push({ offset, end: offset + bytes, lastUse: lastUse.get(node) ?? step });
      active.sort((a, b) => a.offset - b.offset);
      byteLength = Math.max(byteLength, offset + bytes);
    }
  });
  return { offsets, byteLength };
}
