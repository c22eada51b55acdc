import type { PrimitiveName } from "../graph/primitives.ts";
import { attributesOf } from "../graph/primitives.ts";
import type { DType } from "../tensor/dtype.ts";
import { nextMark, visitOperandsFirst } from "../tensor/marks.ts";
import type { Storage } from "../tensor/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Numbering } from "./numbering.ts";

/** Names in the order in which they are first met: only equality within this process matters. */
const names = new Numbering<PrimitiveName | DType>();

/** Where the numbers are collected: one buffer serves all walks, since a fingerprint is used up before the next one is taken. */
let buffer = new Int32Array(4096);

function buffered(length: number): Int32Array {
  if (length > buffer.length) {
    const wider = new Int32Array(2 * length);
    wider.set(buffer);
    buffer = wider;
  }
  return buffer;
}

/**
 * A graph of tensors as a row of whole numbers, made in one walk: equal rows mean graphs that differ at most in their elements
 * and in the values of their literals. So a graph that is built again and again finds its plan without being captured.
 */
export class Fingerprint {
  /** A number made from the code, for a quick look-up. */
  readonly hash: number;
  /** The values of the literals; equal ones of one dtype count as one. */
  readonly literals: number[] = [];
  /** The tensors that are literals, and the number of each one's literal. */
  readonly literalTensors: Tensor[] = [];
  readonly literalNumbers: number[] = [];
  /** The numbers of the sources whose memory the results may take over, in the order in which they were named. */
  readonly donated: readonly number[];
  /** A tensor of a function that is being traced, if there is one: then nothing can be computed. */
  traced: Tensor | undefined;
  readonly #sources = new Numbering<Storage>();
  readonly #literalTypes: DType[] = [];
  #count = 0;
  #length = 0;

  /**
   * Takes the fingerprint of a graph.
   *
   * @param tensors - What is computed; their order is part of the graph.
   * @param donated - Elements that they may take over.
   */
  constructor(tensors: readonly Tensor[], donated: readonly Storage[]) {
    const walk = nextMark();
    visitOperandsFirst(tensors, walk, (tensor) => { this.#write(tensor); });
    this.donated = donated.flatMap((storage) => this.#sources.find(storage) ?? []);
    let at = this.#length;
    const code = buffered(at + tensors.length + this.donated.length + 2);
    for (const tensor of tensors) code[at++] = tensor.walkNumber;
    for (const source of this.donated) code[at++] = source;
    // How many these are comes last: or they could be taken for further tensors.
    code[at++] = tensors.length;
    code[at++] = this.donated.length;
    this.#length = at;
    let hash = 0;
    for (let index = 0; index < at; index++) hash = Math.imul(hash ^ (code[index] ?? 0), 0x9e3779b1) ^ (hash >>> 15);
    this.hash = hash;
  }

  /** The elements that the graph starts from, in the order in which the walk met them. */
  get sources(): readonly Storage[] {
    return this.#sources.items;
  }

  /** A copy of the row; only until the next fingerprint is taken. */
  code(): Int32Array {
    return buffer.slice(0, this.#length);
  }

  /** Whether the row is the same as another one; only until the next fingerprint is taken. */
  matches(code: Int32Array): boolean {
    const length = this.#length;
    if (code.length !== length) return false;
    const own = buffer;
    for (let index = 0; index < length; index++) if (own[index] !== code[index]) return false;
    return true;
  }

  #write(tensor: Tensor): void {
    const { storage, operation, inputs, shape, dtype } = tensor;
    // Operations are objects of many forms, in which engines have to search for a name: it is read as seldom as types allow.
    const { name } = operation;
    const attributes = attributesOf(operation);
    let at = this.#length;
    const code = buffered(at + shape.length + attributes.length + inputs.length + 6);
    code[at++] = names.of(dtype);
    code[at++] = shape.length;
    for (const extent of shape) code[at++] = extent;
    if (storage !== undefined) {
      code[at++] = -1;
      code[at++] = this.#sources.of(storage);
    } else {
      if (name === "input" || tensor.onHost) this.traced ??= tensor;
      code[at++] = names.of(name);
      if (name === "constant") code[at++] = this.#literalNumber(tensor, operation.value);
      code[at++] = attributes.length;
      for (const attribute of attributes) code[at++] = attribute;
      code[at++] = inputs.length;
      for (const input of inputs) code[at++] = input.walkNumber;
    }
    this.#length = at;
    tensor.walkNumber = this.#count++;
  }

  #literalNumber(tensor: Tensor, value: number): number {
    const { literals } = this;
    let number = 0;
    while (number < literals.length && !(Object.is(literals[number], value) && this.#literalTypes[number] === tensor.dtype)) number++;
    if (number === literals.length) {
      literals.push(value);
      this.#literalTypes.push(tensor.dtype);
    }
    this.literalTensors.push(tensor);
    this.literalNumbers.push(number);
    return number;
  }
}
