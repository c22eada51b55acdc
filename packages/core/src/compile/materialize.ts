import { isElementwise } from "../graph/primitives.ts";
import { keepsAxes } from "./access.ts";
import { functionCosts } from "./costs.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { isHostNode } from "./graph.ts";

/** A value used in several places is computed again in each of them if that costs less than storing and loading it. */
const recomputeLimit = 8;

/** No expression grows beyond this, so that kernels stay readable and registers suffice. */
const expressionLimit = 400;

export function isExpensive(node: GraphNode): boolean {
  return functionCosts[node.operation.name] !== undefined;
}

export function isView(node: GraphNode): boolean {
  const { name } = node.operation;
  return name === "reshape" || name === "transpose" || name === "broadcast" || name === "slice";
}

/** A node whose elements are in memory before the plan runs. */
export function isStored(node: GraphNode): boolean {
  return node.operation.name === "data" || node.operation.name === "input";
}

export function isReduction(node: GraphNode): boolean {
  return node.operation.name === "sum" || node.operation.name === "max";
}

/** A reshape that moves no elements in memory: what it reads is the same buffer. */
export function bufferNode(node: GraphNode): GraphNode {
  let current = node;
  while (current.operation.name === "reshape") {
    const operand = current.inputs[0];
    if (operand === undefined) break;
    current = operand;
  }
  return current;
}

/** The operand of a matrix product in memory, and whether it is read transposed. */
export function matrixOperand(node: GraphNode): { node: GraphNode; transposed: boolean } {
  const base = bufferNode(node);
  const operand = base.inputs[0];
  // A reshape between the transposition and the product would mix rows and columns.
  if (base.operation.name === "transpose" && base === node && operand !== undefined) {
    return { node: operand, transposed: true };
  }
  return { node, transposed: false };
}

/**
 * Chooses the nodes that get a buffer; all others are computed inside the kernels that use them.
 *
 * A node gets one if it is an output, a reduction, a matrix product or an operand of one, if a true reshape reads it, or if
 * computing it again for every user would cost more than a round trip through memory.
 *
 * @param graph - The graph.
 * @returns The nodes to store, besides those that are stored already.
 */
export function chooseStored(graph: Graph): Set<GraphNode> {
  const stored = new Set<GraphNode>();
  const store = (node: GraphNode | undefined): void => {
    if (node === undefined) return;
    const base = bufferNode(node);
    if (!isStored(base) && !isHostNode(base)) stored.add(base);
  };
  /** How many nodes use each node, and what computing it costs, by id. */
  const users = new Int32Array(graph.nodes.length);
  const costs = new Float64Array(graph.nodes.length);
  graph.nodes.forEach(({ inputs }) => {
    inputs.forEach((input, position) => {
      if (inputs.indexOf(input) === position) users[input.id] = (users[input.id] ?? 0) + 1;
    });
  });
  const costOf = (node: GraphNode): number => costs[node.id] ?? 0;
  for (const output of graph.outputs) {
    if (!isHostNode(output)) store(output);
  }
  graph.nodes.forEach((node) => {
    if (isHostNode(node)) return;
    const { name } = node.operation;
    if (isReduction(node) || name === "place" || name === "concatenate") store(node);
    if (name === "matmul") {
      store(node);
      for (const operand of node.inputs) store(matrixOperand(operand).node);
    }
    const operand = node.inputs[0];
    if (name === "reshape" && operand !== undefined && !keepsAxes(node.shape, operand.shape)) store(operand);
    if (name === "broadcast" && operand !== undefined && operand.size > 1 && node.size > operand.size) {
      if (costOf(operand) >= 4 && operand.dtype !== "bool") store(operand);
    }
    let cost = isElementwise(node.operation) || name === "random" ? (functionCosts[name] ?? 1) : 0;
    node.inputs.forEach((input) => {
      if (!stored.has(input)) cost += costOf(input);
    });
    costs[node.id] = cost;
    // A single element is cheaper to compute again than to load, however many use it; but no expression may grow without end.
    const shared = (users[node.id] ?? 0) > 1 && node.size > 1;
    const worthStoring = (shared && cost >= recomputeLimit) || cost >= expressionLimit;
    if (worthStoring && node.dtype !== "bool" && !isView(node)) stored.add(node);
  });
  return stored;
}
