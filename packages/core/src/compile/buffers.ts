import { itemSize } from "../tensor/dtype.ts";
import type { Group } from "./fuse.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { isHostNode } from "./graph.ts";
import type { HostProgram } from "./host-program.ts";
import { bufferNode, isStored } from "./materialize.ts";
import { arrangeTemporaries } from "./memory-plan.ts";
import type { BufferPlace, Plan, PlanBuffer, PlanOutput } from "./plan.ts";
import type { Takeover } from "./takeover.ts";

/** The numbers of nodes' buffers, while they are being given out. */
export interface Numbering {
  readonly numberOf: (node: GraphNode) => number;
  readonly has: (node: GraphNode) => boolean;
  readonly set: (node: GraphNode, buffer: number) => void;
  /** The node in whose buffer a node's elements are: itself, or the concatenation that it is a piece of. */
  readonly ownerOf: (node: GraphNode) => GraphNode;
}

/** Starts a numbering; no node has a buffer yet. */
export function numberBuffers(graph: Graph): Numbering {
  const numbers = new Map<GraphNode, number>();
  const owners = new Map<GraphNode, GraphNode>();
  graph.nodes.forEach((node) => {
    if (node.operation.name === "concatenate") for (const piece of node.inputs) owners.set(piece, node);
  });
  const ownerOf = (node: GraphNode): GraphNode => owners.get(node) ?? node;
  return {
    numberOf: (node) => numbers.get(ownerOf(node)) ?? 0,
    has: (node) => numbers.has(node),
    set: (node, buffer) => numbers.set(node, buffer),
    ownerOf,
  };
}

/** The nodes whose elements must reach memory: outputs, what other kernels read, and pieces of concatenations. */
function neededNodes(graph: Graph, order: readonly Group[], outputNodes: ReadonlySet<GraphNode>, { ownerOf }: Numbering): Set<GraphNode> {
  const needed = new Set(outputNodes);
  for (const group of order) {
    group.reads.forEach((read) => needed.add(read).add(ownerOf(read)));
  }
  graph.nodes.forEach((node) => {
    if (ownerOf(node) !== node) needed.add(node);
  });
  return needed;
}

/** The parts of a plan that are about memory. */
type PlanMemory = Omit<Plan, "kernels" | "host"> & { readonly needed: ReadonlySet<GraphNode> };

/**
 * Gives every node that needs one a buffer: inputs first, then results (a result that takes over an argument in place has that
 * argument's buffer), then temporaries.
 *
 * @param graph - The graph.
 * @param order - The kernels in order of computation.
 * @param takeovers - Which results take over which arguments.
 * @param host - The host scalars.
 * @param numbering - Filled in here.
 * @returns The plan's memory.
 */
export function assignBuffers(graph: Graph, order: readonly Group[], takeovers: readonly Takeover[], host: HostProgram, numbering: Numbering): PlanMemory {
  const buffers: PlanBuffer[] = [];
  const addBuffer = (node: GraphNode, place: BufferPlace): number => {
    buffers.push({ dtype: node.dtype, length: node.size, byteLength: node.size * itemSize[node.dtype], place });
    numbering.set(node, buffers.length - 1);
    return buffers.length - 1;
  };

  const inputNodes = graph.nodes.filter(isStored);
  const inputOf = new Map(inputNodes.map((node, input) => [node, input]));
  inputNodes.forEach((node, input) => addBuffer(node, { kind: "input", input }));

  const outputNodes = new Set(graph.outputs.filter((node) => !isHostNode(node)).map(bufferNode));
  const takeoverOf = new Map(takeovers.map((takeover) => [takeover.node, takeover]));
  for (const { node, target, inPlace } of takeovers) {
    if (inPlace) numbering.set(node, numbering.numberOf(target));
  }
  const freshNodes = [...outputNodes].filter((node) => !isStored(node) && !takeoverOf.has(node));
  const freshOf = new Map(freshNodes.map((node, output) => [node, output]));
  const freshOutputs = freshNodes.map((node, output) => ({ buffer: addBuffer(node, { kind: "output", output }), dtype: node.dtype, length: node.size }));

  const needed = neededNodes(graph, order, outputNodes, numbering);
  const copied = takeovers.filter((takeover) => !takeover.inPlace);
  const isTemporary = (node: GraphNode): boolean => needed.has(node) && !numbering.has(node);
  const temporaries = arrangeTemporaries(order, isTemporary, new Set(copied.map(({ node }) => node)), numbering.ownerOf);
  for (const [node, offset] of temporaries.offsets) addBuffer(node, { kind: "temporary", offset });

  const outputs = graph.outputs.map((node): PlanOutput => {
    if (isHostNode(node)) return { kind: "host", slot: host.slotOf.get(node) ?? 0 };
    const base = bufferNode(node);
    const source = isStored(base) ? base : takeoverOf.get(base)?.target;
    if (source !== undefined) return { kind: "input", input: inputOf.get(source) ?? 0, shape: node.shape, dtype: node.dtype };
    return { kind: "fresh", output: freshOf.get(base) ?? 0, shape: node.shape, dtype: node.dtype };
  });
  return {
    inputs: inputNodes.map(({ argument, storage, dtype, size }) => ({ argument, storage, dtype, length: size })),
    buffers,
    outputs,
    freshOutputs,
    copies: copied.map(({ node, target }) => ({ from: numbering.numberOf(node), to: numbering.numberOf(target) })),
    temporaryBytes: temporaries.byteLength,
    needed,
  };
}
