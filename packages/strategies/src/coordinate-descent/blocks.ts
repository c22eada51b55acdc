import type { TensorTree } from "@opt/core";
import { describeValue, fail, nearest, treeLeaves, treePaths } from "@opt/core";

/**
 * Which coordinates move together: each element alone, each tensor, or groups of tensors by their paths. A path stands for
 * everything below it: `layers[0]` for `layers[0].weight` and `layers[0].bias`.
 */
export type Blocks = "elements" | "leaves" | readonly (readonly string[])[];

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

function range(first: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => first + index);
}

function namedBlocks(where: string, blocks: readonly (readonly string[])[], paths: readonly string[], leaves: readonly Int32Array[]): Int32Array[] {
  const owner = new Map<number, number>();
  const result = blocks.map((names, block) => {
    const isList: boolean = Array.isArray(names) && names.length > 0;
    if (!isList) fail("option", `${where}({ blocks[${block}] }): must be a list of one or more paths; got ${describeValue(names)}.`);
    const members = names.flatMap((name) => {
      const found = [...paths.keys()].filter((leaf) => isBelow(paths[leaf]!, name));
      if (found.length > 0) return found;
      const suggestion = nearest(name, paths);
      return fail("option", `${where}({ blocks }): no parameter has the path ${describeValue(name)}. ${suggestion === undefined ? `Paths: ${paths.join(", ")}.` : `Did you mean "${suggestion}"?`}`);
    });
    for (const leaf of members) {
      if (owner.has(leaf)) fail("option", `${where}({ blocks }): ${paths[leaf]!} is in a block twice.`);
      owner.set(leaf, block);
    }
    return Int32Array.from(members.flatMap((leaf) => [...leaves[leaf]!]));
  });
  const missing = [...paths.keys()].find((leaf) => !owner.has(leaf));
  if (missing !== undefined) fail("option", `${where}({ blocks }): ${paths[missing]!} is in no block, so it would never move. Add it to one, or take it out of the parameters.`);
  return result;
}

/** The coordinates of each block, counted through all leaves in the order of `treeLeaves`. */
export function resolveBlocks(where: string, blocks: Blocks, params: TensorTree): Int32Array[] {
  let first = 0;
  const leaves = treeLeaves(params).map((leaf) => {
    const indices = range(first, leaf.size);
    first += leaf.size;
    return indices;
  });
  if (blocks === "leaves") return leaves;
  if (blocks === "elements") return Array.from({ length: first }, (_, index) => Int32Array.of(index));
  if (!Array.isArray(blocks)) fail("option", `${where}({ blocks }): must be "elements", "leaves" or a list of lists of paths; got ${describeValue(blocks)}.`);
  return namedBlocks(where, blocks, treePaths(params), leaves);
}
