import type { HostFunction } from "../graph/primitives.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { isHostNode } from "./graph.ts";

/** One recorded call of a plain JavaScript function. */
interface HostStep {
  readonly call: HostFunction;
  readonly operands: readonly number[];
  readonly result: number;
}

/**
 * The arithmetic that runs in JavaScript before the kernels: host scalars live in numbered float64 slots; arguments of the
 * traced function come first, constants are written once.
 */
export interface HostProgram {
  /** Values of all slots; constants are filled in. */
  readonly slots: Float64Array;
  readonly steps: readonly HostStep[];
  /** The slot of each traced number argument. */
  readonly inputs: ReadonlyMap<Tensor, number>;
  /** What is handed to the kernels, by argument number. */
  readonly arguments: readonly { readonly slot: number; readonly dtype: DType }[];
  /** The slot of each host node. */
  readonly slotOf: ReadonlyMap<GraphNode, number>;
  /** The argument number of each `fromHost` node. */
  readonly argumentOf: ReadonlyMap<GraphNode, number>;
}

/** Numbers the host scalars of a graph and lists the calls between them. */
export function planHost(graph: Graph): HostProgram {
  const values: number[] = [];
  const steps: HostStep[] = [];
  const inputs = new Map<Tensor, number>();
  const slotOf = new Map<GraphNode, number>();
  const argumentOf = new Map<GraphNode, number>();
  const kernelArguments: { slot: number; dtype: DType }[] = [];
  const slot = (node: GraphNode | undefined): number => (node === undefined ? 0 : (slotOf.get(node) ?? 0));
  graph.nodes.forEach((node) => {
    const { operation } = node;
    if (operation.name === "fromHost") {
      argumentOf.set(node, kernelArguments.length);
      kernelArguments.push({ slot: slot(node.inputs[0]), dtype: operation.dtype });
    }
    if (!isHostNode(node)) return;
    slotOf.set(node, values.length);
    if (operation.name === "hostInput" && node.argument !== undefined) inputs.set(node.argument, values.length);
    if (operation.name === "hostCall") steps.push({ call: operation.call, operands: node.inputs.map(slot), result: values.length });
    values.push(operation.name === "hostConstant" ? operation.value : 0);
  });
  return { slots: Float64Array.from(values), steps, inputs, arguments: kernelArguments, slotOf, argumentOf };
}

/** Runs the recorded calls; the slots of the arguments must be filled in. */
export function runHost(program: HostProgram): void {
  const { slots, steps } = program;
  for (const { call, operands, result } of steps) {
    const first = slots[operands[0] ?? 0] ?? 0;
    // Calls of one or two operands are spelled out: a spread would make garbage in every step.
    if (operands.length === 1) slots[result] = call(first);
    else if (operands.length === 2) slots[result] = call(first, slots[operands[1] ?? 0] ?? 0);
    else slots[result] = call(...operands.map((operand) => slots[operand] ?? 0));
  }
}
