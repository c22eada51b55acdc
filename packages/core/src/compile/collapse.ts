import type { IndexMap, KernelStore, KernelValue, LoopKernel } from "./kernel.ts";

/** A kernel's loops and body after adjacent axes that are walked as one were joined. */
export interface CollapsedLoop {
  readonly extents: readonly number[];
  readonly reduced: readonly boolean[];
  readonly values: readonly KernelValue[];
  readonly stores: readonly KernelStore[];
}

function indexMaps(kernel: LoopKernel): IndexMap[] {
  const maps = kernel.stores.map((store) => store.index);
  for (const value of kernel.values) {
    if ("index" in value) maps.push(value.index);
  }
  return maps;
}

/**
 * Joins loop axes where every walk steps through both as through one, and drops axes of length 1. An elementwise kernel over
 * dense tensors becomes a single loop.
 *
 * @param kernel - The kernel as planned.
 * @returns The same computation with as few axes as possible, at least one.
 */
export function collapseAxes(kernel: LoopKernel): CollapsedLoop {
  const maps = indexMaps(kernel);
  const stride = (map: IndexMap, axis: number): number => map.strides[axis] ?? 0;
  /** The axes to keep: each with the original axis whose strides it has. */
  const kept: { axis: number; extent: number; reduced: boolean }[] = [];
  kernel.extents.forEach((extent, axis) => {
    if (extent === 1) return;
    const reduced = kernel.reduced[axis] === true;
    const outer = kept.at(-1);
    const joins =
      outer !== undefined && outer.reduced === reduced && maps.every((map) => stride(map, outer.axis) === stride(map, axis) * extent);
    if (joins) kept[kept.length - 1] = { axis, extent: outer.extent * extent, reduced };
    else kept.push({ axis, extent, reduced });
  });
  const project = (map: IndexMap): IndexMap => ({
    // A single number is one step of a loop that walks along everything.
    strides: kept.length === 0 ? [1] : kept.map(({ axis }) => stride(map, axis)),
    offset: map.offset,
  });
  return {
    extents: kept.length === 0 ? [1] : kept.map(({ extent }) => extent),
    reduced: kept.length === 0 ? [false] : kept.map(({ reduced }) => reduced),
    values: kernel.values.map((value) => ("index" in value ? { ...value, index: project(value.index) } : value)),
    stores: kernel.stores.map((store) => ({ ...store, index: project(store.index) })),
  };
}
