import { existing } from "../errors.ts";
import { addOnce, itemUnder, listUnder } from "../lists.ts";
import type { Shape } from "../tensor/shape.ts";
import { sizeOf } from "../tensor/shape.ts";
import { Domain } from "./domain.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { isHostNode } from "./graph.ts";
import type { HostProgram } from "./host-program.ts";
import type { KernelContext, NodeBody } from "./kernel-builder.ts";
import { buildBody } from "./kernel-builder.ts";
import { bufferNode, isExpensive, isReduction, isStored, matrixOperand } from "./materialize.ts";

/** A kernel in the making: the nodes with buffers that one set of loops will compute. */
export class Group {
  readonly domain: Domain;
  readonly members: readonly GraphNode[];
  /** The matrix product that the loops belong to, if any. */
  readonly product: GraphNode | undefined;
  /** The buffers that it reads from elsewhere, each once. */
  readonly reads: readonly GraphNode[];
  /** The id of its last node. */
  readonly last: number;
  /** Groups that it cannot be merged with: what stood between them stays between them. */
  readonly refused: Set<Group> = new Set();
  readonly #makeBody: () => NodeBody;
  #body: NodeBody | undefined;

  constructor(domain: Domain, members: readonly GraphNode[], product: GraphNode | undefined, reads: readonly GraphNode[], makeBody: () => NodeBody) {
    this.domain = domain;
    this.members = members;
    this.product = product;
    this.reads = reads;
    this.last = members.at(-1)?.id ?? 0;
    this.#makeBody = makeBody;
  }

  /** What its loops compute; built when it is first asked for, since most groups soon become part of others. */
  get body(): NodeBody {
    this.#body ??= this.#makeBody();
    return this.#body;
  }
}

/** More nodes than this in one kernel would run out of registers. */
const memberLimit = 24;

/** More values than this would make a kernel that no register allocator and no reader can follow. */
const valueLimit = 512;

/** A matrix product's tile has few registers to spare: this many more matrices may be read while it is stored. */
const epilogueReads = 2;

/** Adds to `reads` what computing a node needs from other kernels, and to `inlined` what is computed on the way. */
function collectReads(node: GraphNode, stored: ReadonlySet<GraphNode>, members: readonly GraphNode[], reads: GraphNode[], inlined: GraphNode[]): void {
  const isProduct = node.operation.name === "matmul";
  node.inputs.forEach((input) => {
    const base = bufferNode(isProduct ? matrixOperand(input).node : input);
    if (isHostNode(base) || members.includes(base)) return;
    if (base.operation.name === "concatenate") for (const piece of base.inputs) addOnce(reads, piece);
    else if (stored.has(base) || isStored(base)) addOnce(reads, base);
    else if (!inlined.includes(base)) {
      inlined.push(base);
      collectReads(base, stored, members, reads, inlined);
    }
  });
}

function readsOf(members: readonly GraphNode[], stored: ReadonlySet<GraphNode>): { reads: GraphNode[]; inlined: GraphNode[] } {
  const reads: GraphNode[] = [];
  const inlined: GraphNode[] = [];
  members.forEach((member) => { collectReads(member, stored, members, reads, inlined); });
  return { reads, inlined };
}

function isElementwiseGroup(group: Group): boolean {
  return group.product === undefined && !group.domain.hasReduction;
}

/** The loops in which the nodes of both groups can be computed, or undefined. */
function commonDomain(a: Group, b: Group): Domain | undefined {
  if (a.domain.equals(b.domain)) return a.domain;
  if (a.domain.hasReduction && b.domain.hasReduction) return undefined;
  const wide = b.domain.hasReduction || b.product !== undefined ? b : a;
  const other = wide === a ? b : a;
  return other.members.every((member) => wide.domain.ownAccess(member.shape) !== undefined) ? wide.domain : undefined;
}

/** Whether a group is light enough to be computed while a matrix product's tile is still in registers. */
function isEpilogue(group: Group, product: GraphNode, stored: ReadonlySet<GraphNode>): boolean {
  if (group.domain.hasReduction) return false;
  const { reads, inlined } = readsOf(group.members, stored);
  const work = [...group.members, ...inlined];
  if (work.some(isExpensive)) return false;
  // The tile's vectors have as many lanes as the product's dtype allows.
  if (product.dtype !== "f64" && [...work, ...reads].some((node) => node.dtype === "f64")) return false;
  const matrices = reads.filter((node) => node !== product && node.size >= product.size);
  return matrices.length <= epilogueReads;
}

/** Merges groups, keeping the order of computation possible. */
class Fuser {
  readonly #stored: ReadonlySet<GraphNode>;
  readonly #context: KernelContext;
  readonly #groupOf = new Map<GraphNode, Group>();
  /** The nodes whose kernels read a node. */
  readonly #readersOf = new Map<GraphNode, GraphNode[]>();
  /** The loops over each shape: a shape is one object wherever it is handed on, and with its loops go the walks that they know. */
  readonly #domains = new Map<Shape, Domain>();

  constructor(stored: ReadonlySet<GraphNode>, host: HostProgram) {
    this.#stored = stored;
    this.#context = { hasBuffer: (node) => stored.has(node) || isStored(node), host };
  }

  fuse(ordered: readonly GraphNode[]): Group[] {
    for (const node of ordered) {
      const domain = this.#domainOf(node);
      const product = node.operation.name === "matmul" ? node : undefined;
      const { reads } = readsOf([node], this.#stored);
      const makeBody = (): NodeBody => existing(buildBody(domain, [node], this.#context, product), "kernel");
      this.#register(new Group(domain, [node], product, reads, makeBody));
      reads.forEach((read) => listUnder(this.#readersOf, read).push(node));
    }
    // Elementwise work first, so that all that updates one tensor stays together; then what is light enough moves into the
    // store of a matrix product, where it costs no memory traffic; reductions take what is left.
    const elementwise = (a: Group, b: Group): boolean => isElementwiseGroup(a) && isElementwiseGroup(b);
    const epilogue = (producer: Group): boolean => producer.product !== undefined;
    const anything = (): boolean => true;
    for (const allowed of [elementwise, epilogue, anything]) {
      for (const node of ordered) this.#mergeWithProducers(node, allowed);
    }
    this.#mergeReaders(ordered);
    return [...new Set(ordered.map((node) => this.#of(node)))];
  }

  #domainOf(node: GraphNode): Domain {
    const { shape } = node;
    const operand = node.inputs[0];
    // Reductions keep their axes, so an axis is reduced where the lengths differ.
    if (isReduction(node) && operand !== undefined) return new Domain(operand.shape, operand.shape.map((length, axis) => length !== shape[axis]));
    return itemUnder(this.#domains, shape, () => new Domain(shape, shape.map(() => false)));
  }

  #register(group: Group): void {
    group.members.forEach((member) => this.#groupOf.set(member, group));
  }

  #of(node: GraphNode): Group {
    return existing(this.#groupOf.get(node), "group");
  }

  #mergeWithProducers(node: GraphNode, allowed: (producer: Group, group: Group) => boolean): void {
    let merged = true;
    // A merged group reads other things, so the search begins again.
    while (merged) {
      const group = this.#of(node);
      merged = group.reads.some((read) => {
        const producer = this.#groupOf.get(read);
        return producer !== undefined && allowed(producer, group) && this.#tryMerge(producer, group);
      });
    }
  }

  /** Merges groups that read the same large buffer in the same loops, so that it is read once. */
  #mergeReaders(ordered: readonly GraphNode[]): void {
    const readers = new Map<GraphNode, Group>();
    for (const node of ordered) {
      const group = this.#of(node);
      group.reads.some((read) => {
        const earlier = readers.get(read);
        const other = earlier === undefined ? undefined : this.#of(earlier.members[0] ?? node);
        const worthIt = read.size > 1 && sizeOf(group.domain.extents) <= read.size;
        if (other === undefined || other === group || !worthIt || other.product !== undefined) return false;
        return !this.#reachesThroughOthers(other, group) && this.#tryMerge(other, group);
      });
      const current = this.#of(node);
      current.reads.forEach((read) => readers.set(read, current));
    }
  }

  #tryMerge(producer: Group, group: Group): boolean {
    if (producer === group || producer.refused.has(group)) return false;
    const merged = this.#merged(producer, group);
    if (merged === undefined) producer.refused.add(group);
    else this.#register(merged);
    return merged !== undefined;
  }

  /** Both groups as one, if that is possible. */
  #merged(producer: Group, group: Group): Group | undefined {
    if (producer.members.length + group.members.length > memberLimit) return undefined;
    if (group.product !== undefined) return undefined;
    if (producer.product !== undefined && !isEpilogue(group, producer.product, this.#stored)) return undefined;
    const domain = commonDomain(producer, group);
    if (domain === undefined || this.#reachesThroughOthers(group, producer)) return undefined;
    const members = [...producer.members, ...group.members].sort((a, b) => a.id - b.id);
    const body = buildBody(domain, members, this.#context, producer.product);
    if (body === undefined || body.values.length > valueLimit) return undefined;
    const reads = producer.reads.concat(group.reads).filter((read, index, all) => !members.includes(read) && all.indexOf(read) === index);
    return new Group(domain, members, producer.product, reads, () => body);
  }

  /** Whether `from` depends on `target` by way of a third group: then they cannot run as one. */
  #reachesThroughOthers(from: Group, target: Group): boolean {
    // The search goes back to the first kernel of the plan, and mostly nobody else reads the target.
    const isOther = (node: GraphNode): boolean => ![from, target].includes(this.#of(node));
    if (!target.members.some((member) => this.#readersOf.get(member)?.some(isOther))) return false;
    const seen = new Set([from]);
    // A set may grow while it is walked through.
    for (const group of seen) {
      for (const read of group.reads) {
        const next = this.#groupOf.get(read);
        if (next === target && group !== from) return true;
        if (next !== undefined && next !== target) seen.add(next);
      }
    }
    return false;
  }
}

/**
 * Distributes the nodes with buffers over kernels, as few as possible.
 *
 * A group is merged with one that produces what it reads if both can run in the same loops: elementwise work on one shape,
 * reductions of one shape over the same axes, elementwise work before and after such a reduction, light elementwise work on the
 * result of a matrix product.
 *
 * @param graph - The graph.
 * @param stored - The nodes that get buffers.
 * @param host - The host scalars.
 * @returns The groups; their order is not yet an order of computation.
 */
export function fuseKernels(graph: Graph, stored: ReadonlySet<GraphNode>, host: HostProgram): Group[] {
  // A concatenation is nothing but its pieces: there is no kernel for the whole.
  return new Fuser(stored, host).fuse(graph.nodes.filter((node) => stored.has(node) && node.operation.name !== "concatenate"));
}
