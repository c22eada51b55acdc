import type { Shape } from "../tensor/shape.ts";
import type { OperationOf } from "../graph/primitives.ts";
import { isElementwise } from "../graph/primitives.ts";
import { existing, fail } from "../errors.ts";
import { Access, accessOperand, flatIndex, noAxes } from "./access.ts";
import type { Domain } from "./domain.ts";
import type { GraphNode } from "./graph.ts";
import type { HostProgram } from "./host-program.ts";
import type { IndexMap, KernelStore, KernelValue } from "./kernel.ts";
import { bufferNode, isReduction, isView } from "./materialize.ts";

/** What the builder needs to know about the plan around one kernel. */
export interface KernelContext {
  /** Whether a node has a buffer, here or from another kernel. */
  hasBuffer(node: GraphNode): boolean;
  readonly host: HostProgram;
}

/** A kernel's body before buffers are given out: a buffer is named by the id of the node that lies in it. */
export interface NodeBody {
  readonly values: readonly KernelValue[];
  /** One store for each member. */
  readonly stores: readonly KernelStore[];
  readonly fused: readonly string[];
}

/**
 * Builds the body of one kernel from the nodes that it computes.
 *
 * @param domain - The kernel's loops.
 * @param members - The nodes with buffers that this kernel computes.
 * @param context - The plan around it.
 * @param product - The matrix product whose result the kernel's generator provides, if it is that kind.
 * @returns The body, or undefined when the members do not fit into one kernel.
 */
export function buildBody(domain: Domain, members: readonly GraphNode[], context: KernelContext, product: GraphNode | undefined): NodeBody | undefined {
  const builder = new BodyBuilder(domain, new Set(members), context, product);
  return members.every((member) => builder.addMember(member)) ? builder : undefined;
}

class BodyBuilder implements NodeBody {
  readonly values: KernelValue[] = [];
  readonly stores: KernelStore[] = [];
  readonly fused: string[] = [];
  readonly #domain: Domain;
  readonly #members: ReadonlySet<GraphNode>;
  readonly #context: KernelContext;
  readonly #product: GraphNode | undefined;
  /** The values at hand: whose they are, by which walk's key, and their numbers. A body is short, so that lists are searched sooner than maps are made. */
  readonly #knownNodes: GraphNode[] = [];
  readonly #knownKeys: string[] = [];
  readonly #knownValues: number[] = [];

  constructor(domain: Domain, members: ReadonlySet<GraphNode>, context: KernelContext, product: GraphNode | undefined) {
    this.#domain = domain;
    this.#members = members;
    this.#context = context;
    this.#product = product;
  }

  /** Adds the value of a member and its store; false when the members do not fit into one kernel. */
  addMember(node: GraphNode): boolean {
    const access = this.#domain.ownAccess(node.shape);
    const value = access === undefined ? undefined : this.#value(node, access);
    if (access === undefined || value === undefined) return false;
    this.stores.push({ buffer: node.id, value, index: this.#storeIndex(node, access) });
    return true;
  }

  #push(value: KernelValue): number {
    this.values.push(value);
    return this.values.length - 1;
  }

  #index(shape: Shape, access: Access): IndexMap {
    return flatIndex(access, shape, this.#domain.extents.length);
  }

  /** Where a member's elements go: a piece of a concatenation goes into the buffer of the whole. */
  #storeIndex(node: GraphNode, access: Access): IndexMap {
    const { operation } = node;
    if (operation.name !== "place") return this.#index(node.shape, access);
    const offsets = access.offsets.map((offset, axis) => (axis === operation.axis ? offset + operation.start : offset));
    return this.#index(operation.shape, new Access(access.rows, offsets));
  }

  #value(node: GraphNode, access: Access): number | undefined {
    let place = this.#knownNodes.indexOf(node);
    while (place >= 0 && this.#knownKeys[place] !== access.key) place = this.#knownNodes.indexOf(node, place + 1);
    if (place >= 0) return this.#knownValues[place];
    const value = this.#build(node, access);
    if (value !== undefined) {
      this.#knownNodes.push(node);
      this.#knownKeys.push(access.key);
      this.#knownValues.push(value);
    }
    return value;
  }

  #build(node: GraphNode, access: Access): number | undefined {
    const base = bufferNode(node);
    if (this.#members.has(base)) {
      // A view of a value that this kernel computes: only axes of length 1 may differ.
      if (base !== node) return this.#throughView(node, access);
      return this.#domain.ownAccess(node.shape)?.key === access.key ? this.#compute(node, access) : undefined;
    }
    // The whole of a concatenation cannot be read while one of its pieces is still being written.
    if (base.operation.name === "concatenate" && base.inputs.some((piece) => this.#members.has(piece))) return undefined;
    if (this.#context.hasBuffer(base)) {
      return this.#push({ kind: "load", buffer: base.id, index: this.#index(node.shape, access), dtype: node.dtype });
    }
    return this.#compute(node, access);
  }

  #throughView(node: GraphNode, access: Access): number | undefined {
    const inner = accessOperand(node, access, this.#domain.extents.length);
    return inner === undefined ? undefined : this.#value(existing(node.inputs[0], "operand"), inner);
  }

  #compute(node: GraphNode, access: Access): number | undefined {
    const { operation, dtype } = node;
    if (node === this.#product) {
      this.fused.push("matmul");
      return this.#push({ kind: "product", dtype });
    }
    if (operation.name === "place") return this.#value(existing(node.inputs[0], "operand"), access);
    if (isView(node)) return this.#throughView(node, access);
    if (operation.name === "constant") return this.#push({ kind: "constant", value: operation.value, dtype });
    if (operation.name === "fromHost") {
      return this.#push({ kind: "argument", argument: this.#context.host.argumentOf.get(node) ?? 0, dtype });
    }
    if (operation.name === "iota") {
      const strides = (access.rows[operation.axis] ?? []).slice();
      return this.#push({ kind: "iota", index: { strides, offset: access.offsets[operation.axis] ?? 0 }, dtype });
    }
    const operands = this.#operands(node, access);
    if (operands === undefined) return undefined;
    this.fused.push(operation.name);
    if (operation.name === "random") {
      const [key0 = 0, key1 = 0] = operands;
      return this.#push({ kind: "random", index: this.#index(node.shape, access), stream: operation.stream, keys: [key0, key1], dtype });
    }
    if (isReduction(node)) {
      const { name } = operation as OperationOf<"sum" | "max">;
      return this.#push({ kind: "reduce", name, operand: operands[0] ?? 0, dtype });
    }
    if (isElementwise(operation)) return this.#push({ kind: "function", name: operation.name, operands, dtype });
    return fail("backend", `compile: the primitive ${operation.name} cannot stand inside a kernel.`);
  }

  #operands(node: GraphNode, access: Access): number[] | undefined {
    const operands = new Array<number>(node.inputs.length);
    for (let position = 0; position < node.inputs.length; position++) {
      const input = existing(node.inputs[position], "operand");
      const walk = this.#operandAccess(node, input, access);
      const operand = walk === undefined ? undefined : this.#value(input, walk);
      if (operand === undefined) return undefined;
      operands[position] = operand;
    }
    return operands;
  }

  #operandAccess(node: GraphNode, input: GraphNode, access: Access): Access | undefined {
    if (isReduction(node)) return this.#domain.wholeAccess(input.shape);
    if (input.shape.length === 0) return noAxes;
    return access;
  }
}
