import { listUnder } from "../lists.ts";
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
}

/** Adds a block at the lowest place where `bytes` fit between the blocks in use, which are in the order of their offsets. */
function addBlock(blocks: Block[], bytes: number): Block {
  let offset = 0;
  const next = blocks.findIndex((block) => {
    if (offset + bytes <= block.offset) return true;
    offset = Math.max(offset, block.end);
    return false;
  });
  const block = { offset, end: offset + bytes };
  blocks.splice(next < 0 ? blocks.length : next, 0, block);
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
    const useHere = (node: GraphNode): void => void lastUse.set(ownerOf(node), step);
    group.reads.forEach(useHere);
    group.members.forEach(useHere);
  });
  for (const node of keep) lastUse.set(ownerOf(node), order.length);
  const offsets = new Map<GraphNode, number>();
  const active: Block[] = [];
  const lastUsedAt = new Map<number, Block[]>();
  let byteLength = 0;
  order.forEach((group, step) => {
    for (const block of lastUsedAt.get(step - 1) ?? []) active.splice(active.indexOf(block), 1);
    for (const member of group.members) {
      const node = ownerOf(member);
      if (offsets.has(node) || !isTemporary(node)) continue;
      const bytes = paddedBytes(node.size * itemSize[node.dtype]);
      const block = addBlock(active, bytes);
      listUnder(lastUsedAt, lastUse.get(node) ?? step).push(block);
      offsets.set(node, block.offset);
      byteLength = Math.max(byteLength, block.end);
    }
  });
  return { offsets, byteLength };
}
