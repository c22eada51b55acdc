import { existing } from "../errors.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Storage } from "../tensor/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { assignBuffers, numberBuffers } from "./buffers.ts";
import type { Group } from "./fuse.ts";
import { fuseKernels } from "./fuse.ts";
import type { Graph, GraphNode } from "./graph.ts";
import type { HostProgram } from "./host-program.ts";
import { planHost } from "./host-program.ts";
import type { Kernel, MatrixOperand } from "./kernel.ts";
import { bufferNode, chooseStored, matrixOperand } from "./materialize.ts";
import { Dependencies, orderGroups } from "./order.ts";
import type { Donation } from "./takeover.ts";
import { planTakeovers } from "./takeover.ts";

/** Where the elements of a plan's buffer are while it runs. */
export type BufferPlace =
  | { readonly kind: "input"; readonly input: number }
  | { readonly kind: "output"; readonly output: number }
  | { readonly kind: "temporary"; readonly offset: number };

/** A buffer that kernels read or write. */
export interface PlanBuffer {
  readonly dtype: DType;
  readonly length: number;
  readonly byteLength: number;
  readonly place: BufferPlace;
}

/** Elements that exist before the plan runs: an argument of the traced function, or a tensor that it captured. */
export interface PlanInput {
  readonly argument: Tensor | undefined;
  readonly storage: Storage | undefined;
  readonly dtype: DType;
  readonly length: number;
}

/** What a plan returns in one place. */
export type PlanOutput =
  | { readonly kind: "host"; readonly slot: number }
  | { readonly kind: "input"; readonly input: number; readonly shape: Shape; readonly dtype: DType }
  | { readonly kind: "fresh"; readonly output: number; readonly shape: Shape; readonly dtype: DType };

/** A finished schedule of kernels, free of any backend. */
export interface Plan {
  readonly inputs: readonly PlanInput[];
  readonly buffers: readonly PlanBuffer[];
  readonly kernels: readonly Kernel[];
  readonly host: HostProgram;
  readonly outputs: readonly PlanOutput[];
  /** The buffers of fresh outputs, by output number. */
  readonly freshOutputs: readonly { readonly buffer: number; readonly dtype: DType; readonly length: number }[];
  /** Buffers to copy after the last kernel: donated arguments that could not be updated in place. */
  readonly copies: readonly { readonly from: number; readonly to: number }[];
  readonly temporaryBytes: number;
}

/** A group as a kernel: its body with numbered buffers, without the stores of nodes that nobody else needs. */
function kernelOf(group: Group, graph: Graph, numberOf: (node: GraphNode) => number, needed: ReadonlySet<GraphNode>): Kernel {
  const nodeOf = (id: number): GraphNode => existing(graph.nodes[id], "node");
  const { fused } = group.body;
  const values = group.body.values.map((value) => (value.kind === "load" ? { ...value, buffer: numberOf(nodeOf(value.buffer)) } : value));
  const stores = group.body.stores.flatMap((store) => {
    const node = nodeOf(store.buffer);
    return needed.has(node) ? [{ ...store, buffer: numberOf(node) }] : [];
  });
  const { extents, reduced } = group.domain;
  if (group.product === undefined) return { kind: "loop", extents, reduced, values, stores, fused };
  const { inputs, shape: [rows = 0, columns = 0], dtype } = group.product;
  const operand = (index: number): MatrixOperand => {
    const { node, transposed } = matrixOperand(existing(inputs[index], "operand"));
    return { buffer: numberOf(bufferNode(node)), transposed };
  };
  const depth = inputs[0]?.shape[1] ?? 0;
  return { kind: "matmul", rows, columns, depth, dtype, extents, values, stores, fused, a: operand(0), b: operand(1) };
}

/**
 * Turns a graph into a plan: chooses what is stored, fuses the rest into kernels, orders them and arranges their memory.
 *
 * @param graph - What the plan computes.
 * @param donations - Which outputs take over the buffers of which arguments.
 * @returns The plan.
 */
export function makePlan(graph: Graph, donations: readonly Donation[] = []): Plan {
  const host = planHost(graph);
  const stored = chooseStored(graph);
  const groups = fuseKernels(graph, stored, host);
  const numbering = numberBuffers(graph);
  const dependencies = new Dependencies(groups);
  const takeovers = planTakeovers(graph, donations, groups, dependencies);
  const order = orderGroups(groups, dependencies);
  const { needed, ...memory } = assignBuffers(graph, order, takeovers, host, numbering);
  const kernels = order.map((group) => kernelOf(group, graph, numbering.numberOf, needed));
  return { ...memory, kernels, host };
}
