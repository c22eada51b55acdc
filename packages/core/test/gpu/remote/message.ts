import { itemSize, makeArray } from "../../../src/tensor/dtype.ts";
import type { DType, TypedArray } from "../../../src/tensor/dtype.ts";
import { arrayStorage } from "../../../src/tensor/storage.ts";
import type { Storage } from "../../../src/tensor/storage.ts";

/** Elements of a tensor of any backend, in the host's memory. */
export interface Elements {
  readonly dtype: DType;
  readonly array: TypedArray;
}

/** What stands before the elements: the sender's own part, and what elements follow. */
interface Head<Part> {
  readonly part: Part;
  readonly arrays: readonly { readonly dtype: DType; readonly length: number }[];
}

/** A number that JSON does not know. */
interface Unwritable {
  readonly unwritable: string;
}

function isUnwritable(value: unknown): value is Unwritable {
  return typeof value === "object" && value !== null && "unwritable" in value;
}

function toWritable(_: string, value: unknown): unknown {
  if (Object.is(value, -0)) return { unwritable: "-0" } satisfies Unwritable;
  return typeof value !== "number" || Number.isFinite(value) ? value : ({ unwritable: String(value) } satisfies Unwritable);
}

function fromWritable(_: string, value: unknown): unknown {
  return isUnwritable(value) ? Number(value.unwritable) : value;
}

/** Elements start where an array of floats may: at multiples of 4 bytes. No GPU has larger ones. */
function aligned(length: number): number {
  return 4 * Math.ceil(length / 4);
}

/** Plain data and elements as bytes: the length of the head, the head as JSON, and the elements bit for bit. */
export function pack(part: unknown, elements: readonly Elements[]): Uint8Array<ArrayBuffer> {
  const head: Head<unknown> = { part, arrays: elements.map(({ dtype, array }) => ({ dtype, length: array.length })) };
  const text = new TextEncoder().encode(JSON.stringify(head, toWritable));
  const start = 4 + aligned(text.length);
  const message = new Uint8Array(elements.reduce((total, { array }) => total + array.byteLength, start));
  new DataView(message.buffer).setUint32(0, text.length);
  message.set(text, 4);
  let at = start;
  for (const { array } of elements) {
    message.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return message;
}

/** What {@link pack} was given, its elements as storages. */
export function unpack<Part>(message: ArrayBuffer): { readonly part: Part; readonly storages: Storage[] } {
  const length = new DataView(message).getUint32(0);
  const { part, arrays } = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length)), fromWritable) as Head<Part>;
  let at = 4 + aligned(length);
  const storages = arrays.map(({ dtype, length: count }) => {
    const array = makeArray(dtype, count);
    new Uint8Array(array.buffer).set(new Uint8Array(message, at, count * itemSize[dtype]));
    at += array.byteLength;
    return arrayStorage(dtype, array);
  });
  return { part, storages };
}
