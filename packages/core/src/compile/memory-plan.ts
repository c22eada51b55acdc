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

/** Adds a block at the lowest place where `bytes` fit between the blocks in use, which are in the order of their offsets. */
function addBlock(blocks: Block[], bytes: number, lastUse: number): Block {
  let offset = 0;
  let index = 0;
  for (; index < blocks.length; index++) {
    const { offset: start = 0, end = 0 } = blocks[index] ?? {};
    if (offset + bytes <= start) break;
    offset = Math.max(offset, end);
  }
  const block = { offset, end: offset + bytes, lastUse };
  blocks.splice(index, 0, block);
  return block;
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
      const { offset, end } = addBlock(active, bytes, lastUse.get(node) ?? step);
      offsets.set(node, offset);
      byteLength = Math.max(byteLength, end);
    }
  });
  return { offsets, byteLength };
}
