import { listUnder } from "../lists.ts";
import { sameShape } from "../tensor/shape.ts";
import type { Storage } from "../tensor/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Group } from "./fuse.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { isHostNode } from "./graph.ts";
import type { IndexMap, KernelValue } from "./kernel.ts";
import { bufferNode, isStored, matrixOperand } from "./materialize.ts";
import type { Dependencies } from "./order.ts";
import { stageKernel } from "./stages.ts";

/** That an output shall take over the buffer of what the graph starts from: an argument, or elements that exist already. */
export interface Donation {
  readonly output: number;
  readonly source: Tensor | Storage;
}

/** Which output node takes over which stored node, and whether its kernel can write it there at once. */
export interface Takeover {
  readonly node: GraphNode;
  readonly target: GraphNode;
  readonly inPlace: boolean;
}

function isSameElement(a: IndexMap, b: IndexMap): boolean {
  return a.offset === b.offset && sameShape(a.strides, b.strides);
}

/** Whether a group reads each element of `target` only where it writes the element of `node` that replaces it. */
function readsOnlyOwnElements(group: Group, target: GraphNode, node: GraphNode): boolean {
  if (!group.reads.includes(target)) return true;
  if (group.product !== undefined && group.product.inputs.some((input) => bufferNode(matrixOperand(input).node) === target)) return false;
  const { values, stores } = group.body;
  const store = stores.find((candidate) => candidate.buffer === node.id);
  const isLoad = (value: KernelValue): value is KernelValue & { kind: "load" } => value.kind === "load" && value.buffer === target.id;
  if (store === undefined || !values.every((value) => !isLoad(value) || isSameElement(value.index, store.index))) return false;
  if (!group.domain.hasReduction || !values.some(isLoad)) return true;
  // A kernel with reductions passes over its elements several times: it may overwrite them only in its last pass.
  const { readyAt } = stageKernel(values, stores, () => true);
  const lastPass = stores.reduce((latest, { value }) => Math.max(latest, readyAt[value] ?? 0), 0);
  return readyAt[store.value] === lastPass;
}

/**
 * Decides which donations happen in place, and adds the waiting that this needs: a kernel may overwrite an argument only after
 * all others have read it.
 *
 * @param graph - The graph.
 * @param donations - Which outputs shall take over which arguments.
 * @param groups - The kernels in the making.
 * @param dependencies - Who waits for whom; extended here.
 * @returns The donations that are possible. Those not in place are computed elsewhere and copied at the end.
 */
export function planTakeovers(graph: Graph, donations: readonly Donation[], groups: readonly Group[], dependencies: Dependencies): Takeover[] {
  const taken = new Set<GraphNode>();
  const passedThrough = new Set(graph.outputs.map(bufferNode).filter(isStored));
  const takeovers: Takeover[] = [];
  const nodeOf = new Map(graph.nodes.filter(isStored).map((node) => [node.argument ?? node.storage, node]));
  const writerOf = new Map<GraphNode, Group>();
  const readersOf = new Map<GraphNode, Group[]>();
  for (const group of groups) {
    group.members.forEach((member) => writerOf.set(member, group));
    group.reads.forEach((read) => listUnder(readersOf, read).push(group));
  }
  for (const donation of donations) {
    const output = graph.outputs[donation.output];
    const target = nodeOf.get(donation.source);
    if (output === undefined || target === undefined || isHostNode(output)) continue;
    const node = bufferNode(output);
    const fits = node.dtype === target.dtype && node.size === target.size;
    if (!fits || isStored(node) || taken.has(node) || taken.has(target) || passedThrough.has(target)) continue;
    taken.add(node);
    taken.add(target);
    const writer = writerOf.get(node);
    const readers = (readersOf.get(target) ?? []).filter((group) => group !== writer);
    const inPlace =
      writer !== undefined &&
      readsOnlyOwnElements(writer, target, node) &&
      readers.every((reader) => !dependencies.waitsFor(reader, writer));
    if (inPlace) {
      for (const reader of readers) dependencies.add(writer, reader);
    }
    takeovers.push({ node, target, inPlace });
  }
  return takeovers;
}
