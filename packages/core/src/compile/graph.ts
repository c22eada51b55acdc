import { existing, fail } from "../errors.ts";
import type { Operation, OperationOf } from "../graph/primitives.ts";
import { attributesOf, isHost } from "../graph/primitives.ts";
import type { DType } from "../tensor/dtype.ts";
import { exactText } from "../tensor/exact-text.ts";
import type { Shape } from "../tensor/shape.ts";
import { sameShape, sizeOf } from "../tensor/shape.ts";
import type { Storage } from "../tensor/storage.ts";
import { nextMark, visitOperandsFirst } from "../tensor/marks.ts";
import { donatedOperation } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { keepsAxes } from "./access.ts";

/** A node of the simplified graph that one plan computes. Operands have smaller ids. */
export interface GraphNode {
  readonly id: number;
  readonly operation: Operation;
  readonly inputs: readonly GraphNode[];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly size: number;
  /** For `data`: the elements. */
  readonly storage: Storage | undefined;
  /** For `input` and `hostInput`: which traced argument. */
  readonly argument: Tensor | undefined;
}

/** A simplified graph: equal subexpressions are one node, and nothing is in it that the outputs do not need. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly GraphNode[];
}

/** Whether two operations of one name do the same, where operands, shape and dtype are equal; literals have equal values then. */
function haveSameAttributes(a: Operation, b: Operation): boolean {
  if (a.name === "hostCall") return b.name === "hostCall" && a.call === b.call;
  return sameShape(attributesOf(a), attributesOf(b));
}

/** What equal nodes have in common and few others have: the newest operand, where a slice starts, what the elements come from, or a literal's value. */
function keyOf(operation: Operation, inputs: readonly GraphNode[], source: object | undefined): unknown {
  // A tensor may be cut into very many slices.
  if (operation.name === "slice") return `${String(inputs[0]?.id)}:${String(operation.start)}`;
  if (inputs.length > 0) return inputs.reduce((newest, input) => (input.id > newest.id ? input : newest));
  if (source !== undefined) return source;
  return operation.name === "hostConstant" || operation.name === "constant" ? exactText(operation.value) : operation.name;
}

/** Says why a tensor has no elements any more. */
export function failRetired(tensor: Tensor): never {
  if (tensor.operation === donatedOperation) {
    return fail(
      "donated",
      `${tensor.toString()} was donated to a compiled function or to evaluate, which updated its elements in place. ` +
        "Use the tensor that replaces it; or keep a copy with clone(tree), or donate nothing: compile with { donate: [] }.",
    );
  }
  return fail("disposed", `${tensor.toString()} was disposed; its elements are gone. Read it before dispose(), or keep a clone(tree).`);
}

/** Builds the simplified graph from tensors. */
class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  /** The latest node with each key. */
  readonly #latest = new Map<unknown, GraphNode>();
  /** The one before it with the same key, by id. */
  readonly #before: (GraphNode | undefined)[] = [];
  /** The nodes of the tensors that were visited, by their numbers. */
  readonly #converted: GraphNode[] = [];
  readonly #replaced: ReadonlyMap<Tensor, Tensor>;

  constructor(replaced: ReadonlyMap<Tensor, Tensor>) {
    this.#replaced = replaced;
  }

  /** Adds tensors and all that they are made of; returns the nodes of the tensors. */
  add(tensors: readonly Tensor[]): GraphNode[] {
    visitOperandsFirst(tensors, nextMark(), (each) => {
      each.walkNumber = this.#converted.push(this.#convert(each)) - 1;
    });
    return tensors.map((tensor) => this.#of(tensor));
  }

  /** Adds a primitive over nodes, or finds the node that is the same already. */
  node(operation: Operation, inputs: readonly GraphNode[], shape: Shape, dtype: DType, storage?: Storage, argument?: Tensor): GraphNode {
    const key = keyOf(operation, inputs, storage ?? argument);
    const latest = this.#latest.get(key);
    for (let other = latest; other !== undefined; other = this.#before[other.id]) {
      // A view of one storage may have several shapes.
      const isSame = other.operation.name === operation.name && other.dtype === dtype && sameShape(other.shape, shape);
      if (isSame && other.inputs.every((input, position) => input === inputs[position]) && haveSameAttributes(other.operation, operation)) return other;
    }
    const node: GraphNode = { id: this.nodes.length, operation, inputs, shape, dtype, size: sizeOf(shape), storage, argument };
    this.nodes.push(node);
    this.#before.push(latest);
    this.#latest.set(key, node);
    return node;
  }

  #of(tensor: Tensor): GraphNode {
    return existing(this.#converted[tensor.walkNumber], "operand");
  }

  #convert(tensor: Tensor): GraphNode {
    const { operation, shape, dtype, storage } = tensor;
    if (storage !== undefined) return this.#source({ name: "data" }, shape, dtype, storage);
    if (operation.name === "data") failRetired(tensor);
    const inputs = tensor.inputs.map((input) => this.#of(input));
    const first = inputs[0];
    if (operation.name === "constant") return this.#broadcast(this.#literal(tensor, operation), shape);
    if (operation.name === "input" || operation.name === "hostInput") {
      return this.#source(operation, shape, dtype, undefined, tensor);
    }
    if (first === undefined) return this.node(operation, inputs, shape, dtype);
    switch (operation.name) {
      case "variable":
      case "stopGradient":
        return first;
      case "cast":
        return first.dtype === dtype ? first : this.node(operation, inputs, shape, dtype);
      case "reshape":
        return this.#reshape(first, shape);
      case "transpose":
        return this.#transpose(first, operation.permutation, shape);
      case "broadcast":
        return this.#broadcast(first, shape);
      case "concatenate":
        return this.#concatenate(inputs, operation, shape, dtype);
      case "neg":
        return this.#negate(first);
      case "sum":
      case "max":
        // Over axes of length 1 a reduction does nothing.
        return operation.axes.every((axis) => first.shape[axis] === 1) ? first : this.node(operation, inputs, shape, dtype);
      default:
        return this.node(operation, inputs, shape, dtype);
    }
  }

  /** The value of a literal, or the number argument that stands in its place. */
  #literal(tensor: Tensor, operation: OperationOf<"constant">): GraphNode {
    const { dtype } = tensor;
    const argument = this.#replaced.get(tensor);
    if (argument === undefined) return this.node({ ...operation, shape: [] }, [], [], dtype);
    const number = this.#source(argument.operation, [], argument.dtype, undefined, argument);
    return this.node({ name: "fromHost", dtype }, [number], [], dtype);
  }

  #reshape(input: GraphNode, shape: Shape): GraphNode {
    const inner = input.inputs[0];
    if (input.operation.name === "reshape" && inner !== undefined) return this.#reshape(inner, shape);
    if (sameShape(input.shape, shape)) return input;
    if (input.dtype === "bool" && !keepsAxes(input.shape, shape)) return this.#reshapePredicate(input, shape);
    return this.node({ name: "reshape", shape }, [input], shape, input.dtype);
  }

  /** A true reshape goes through memory, where predicates are i32 zeros and ones. */
  #reshapePredicate(input: GraphNode, shape: Shape): GraphNode {
    const stored = this.node({ name: "cast", dtype: "i32" }, [input], input.shape, "i32");
    return this.#asPredicate(this.#reshape(stored, shape));
  }

  /** Elements that exist already; in memory predicates are i32 zeros and ones. */
  #source(operation: Operation, shape: Shape, dtype: DType, storage: Storage | undefined, argument?: Tensor): GraphNode {
    const stored = this.node(operation, [], shape, dtype === "bool" ? "i32" : dtype, storage, argument);
    return dtype === "bool" ? this.#asPredicate(stored) : stored;
  }

  #asPredicate(stored: GraphNode): GraphNode {
    const zero = this.node({ name: "constant", value: 0, dtype: "i32", shape: [] }, [], [], "i32");
    return this.node({ name: "less" }, [this.#broadcast(zero, stored.shape), stored], stored.shape, "bool");
  }

  #transpose(input: GraphNode, permutation: readonly number[], shape: Shape): GraphNode {
    const inner = input.inputs[0];
    if (input.operation.name === "transpose" && inner !== undefined) {
      const { permutation: before } = input.operation;
      return this.#transpose(inner, permutation.map((axis) => before[axis] ?? axis), shape);
    }
    if (permutation.every((axis, index) => axis === index)) return input;
    return this.node({ name: "transpose", permutation }, [input], shape, input.dtype);
  }

  #broadcast(input: GraphNode, shape: Shape): GraphNode {
    const inner = input.inputs[0];
    if (input.operation.name === "broadcast" && inner !== undefined) return this.#broadcast(inner, shape);
    if (sameShape(input.shape, shape)) return input;
    return this.node({ name: "broadcast", shape }, [input], shape, input.dtype);
  }

  /** Each operand is placed into the result by itself: a kernel that computes an operand can write it where it belongs. */
  #concatenate(inputs: readonly GraphNode[], operation: OperationOf<"concatenate">, shape: Shape, dtype: DType): GraphNode {
    const { axis } = operation;
    const ids = inputs.map(({ id }) => id);
    let start = 0;
    const pieces = inputs.flatMap((input) => {
      const piece = this.node({ name: "place", shape, axis, start, pieces: ids }, [input], input.shape, dtype);
      start += input.shape[axis] ?? 0;
      return input.size === 0 ? [] : [piece];
    });
    return this.node(operation, pieces, shape, dtype);
  }

  #negate(input: GraphNode): GraphNode {
    const inner = input.inputs[0];
    if (input.operation.name === "neg" && inner !== undefined) return inner;
    return this.node({ name: "neg" }, [input], input.shape, input.dtype);
  }
}

/**
 * Captures what a list of tensors needs. Predicates are stored as i32 zeros and ones.
 *
 * @param tensors - The outputs.
 * @param replaced - Literals in whose place a number argument stands, which may change from run to run.
 * @returns The simplified graph.
 */
export function captureGraph(tensors: readonly Tensor[], replaced: ReadonlyMap<Tensor, Tensor> = new Map()): Graph {
  const builder = new GraphBuilder(replaced);
  const outputs = builder
    .add(tensors)
    .map((node) => (node.dtype === "bool" ? builder.node({ name: "cast", dtype: "i32" }, [node], node.shape, "i32") : node));
  return { nodes: builder.nodes, outputs };
}

/** Whether a node's value is a host scalar. */
export function isHostNode(node: GraphNode): boolean {
  return isHost(node.operation);
}
