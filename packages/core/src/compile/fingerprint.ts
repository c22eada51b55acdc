import type { PrimitiveName } from "../graph/primitives.ts";
import { attributesOf, isHost } from "../graph/primitives.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Storage } from "../tensor/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Numbering } from "./numbering.ts";

/**
 * A graph of tensors as a row of whole numbers, made in one walk: equal rows mean graphs that differ at most in their elements
 * and in the values of their literals. So a graph that is built again and again finds its plan without being captured.
 */
export interface Fingerprint {
  readonly code: Int32Array;
  /** A number made from the code, for a quick look-up. */
  readonly hash: number;
  /** The elements that the graph starts from, in the order in which the walk met them. */
  readonly sources: readonly Storage[];
  /** The values of the literals; equal ones of one dtype count as one. */
  readonly literals: readonly number[];
  /** For each tensor that is a literal, its number. */
  readonly literalOf: ReadonlyMap<Tensor, number>;
  /** The numbers of the sources whose memory the results may take over, in the order in which they were named. */
  readonly donated: readonly number[];
  /** A tensor of a function that is being traced, if there is one: then nothing can be computed. */
  readonly traced: Tensor | undefined;
}

/** Names in the order in which they are first met: only equality within this process matters. */
const names = new Numbering<PrimitiveName | DType>();

/** Collects the numbers; one buffer serves all walks, since walks do not overlap. */
let buffer = new Int32Array(4096);

/** Walks so far: a tensor notes in which one it was visited last, which is faster than a set of tensors. */
let walks = 0;

class Walk {
  traced: Tensor | undefined;
  readonly #sources = new Numbering<Storage>();
  readonly literals: number[] = [];
  readonly literalOf = new Map<Tensor, number>();
  readonly #donated: number[] = [];
  readonly #literalTypes: DType[] = [];
  readonly #walk = ++walks;
  #count = 0;
  #length = 0;

  /** Visits a tensor and all that it is made of, operands first; a loop instead of recursion, since graphs may be deep. */
  add(tensor: Tensor): void {
    const pending: Tensor[] = [tensor];
    for (let current = pending.at(-1); current !== undefined; current = pending.at(-1)) {
      if (current.walk !== this.#walk && current.storage === undefined && this.#pushUnvisited(current.inputs, pending)) continue;
      pending.pop();
      if (current.walk === this.#walk) continue;
      this.#write(current);
      current.walk = this.#walk;
      current.walkNumber = this.#count++;
    }
    // Which tensors were asked for, and in which order, is part of the graph.
    this.#push(tensor.walkNumber);
  }

  #pushUnvisited(inputs: readonly Tensor[], pending: Tensor[]): boolean {
    const before = pending.length;
    for (const input of inputs) if (input.walk !== this.#walk) pending.push(input);
    return pending.length > before;
  }

  /** Notes that results may take over some elements, if the graph starts from them. */
  donate(storage: Storage): void {
    const source = this.#sources.find(storage);
    if (source !== undefined) this.#donated.push(source);
  }

  finish(): Fingerprint {
    this.#pushAll(this.#donated);
    const code = buffer.slice(0, this.#length);
    let hash = 0;
    // By index, as in sameCode: an iterator over a typed array takes several times as long.
    for (let index = 0; index < code.length; index++) hash = Math.imul(hash ^ (code[index] ?? 0), 0x9e3779b1) ^ (hash >>> 15);
    return { code, hash, sources: this.#sources.items, literals: this.literals, literalOf: this.literalOf, donated: this.#donated, traced: this.traced };
  }

  #push(value: number): void {
    if (this.#length === buffer.length) {
      const wider = new Int32Array(2 * buffer.length);
      wider.set(buffer);
      buffer = wider;
    }
    buffer[this.#length++] = value;
  }

  #pushAll(values: readonly number[]): void {
    this.#push(values.length);
    for (const value of values) this.#push(value);
  }

  #write(tensor: Tensor): void {
    const { storage, operation, inputs, shape, dtype } = tensor;
    this.#push(names.of(dtype));
    this.#pushAll(shape);
    if (storage !== undefined) {
      this.#push(-1);
      this.#push(this.#sources.of(storage));
      return;
    }
    if (operation.name === "input" || isHost(operation)) this.traced ??= tensor;
    this.#push(names.of(operation.name));
    if (operation.name === "constant") this.#push(this.#literalNumber(tensor, operation.value));
    else this.#pushAll(attributesOf(operation));
    for (const input of inputs) this.#push(input.walkNumber);
  }

  #literalNumber(tensor: Tensor, value: number): number {
    let number = 0;
    while (number < this.literals.length && !(Object.is(this.literals[number], value) && this.#literalTypes[number] === tensor.dtype)) number++;
    if (number === this.literals.length) {
      this.literals.push(value);
      this.#literalTypes.push(tensor.dtype);
    }
    this.literalOf.set(tensor, number);
    return number;
  }
}

/** Takes the fingerprint of the graph of some tensors, which may take over the donated elements. */
export function fingerprint(tensors: readonly Tensor[], donated: readonly Storage[]): Fingerprint {
  const walk = new Walk();
  for (const tensor of tensors) walk.add(tensor);
  for (const storage of donated) walk.donate(storage);
  return walk.finish();
}

/** Whether two rows of numbers are equal. */
export function sameCode(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
