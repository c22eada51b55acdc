import { fail } from "@opt/core";
import type { Shape } from "@opt/core";

/** What an IDX file holds. */
export interface IdxArray {
  /** One length per axis. */
  readonly shape: Shape;
  /** The elements, last axis fastest, in the type of the file. */
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

interface ElementType {
  readonly bytes: number;
  read(view: DataView, offset: number, count: number): IdxArray["data"];
}

/** Element types by the third byte of the magic number. Values are big-endian; `DataView` reads them on any machine. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  // The copies keep the result independent of the bytes that were handed in.
  0x08: { bytes: 1, read: (view, offset, count) => new Uint8Array(view.buffer, view.byteOffset + offset, count).slice() },
  0x09: { bytes: 1, read: (view, offset, count) => new Int8Array(view.buffer, view.byteOffset + offset, count).slice() },
  0x0b: { bytes: 2, read: (view, offset, count) => Int16Array.from({ length: count }, (_, i) => view.getInt16(offset + 2 * i)) },
  0x0c: { bytes: 4, read: (view, offset, count) => Int32Array.from({ length: count }, (_, i) => view.getInt32(offset + 4 * i)) },
  0x0d: { bytes: 4, read: (view, offset, count) => Float32Array.from({ length: count }, (_, i) => view.getFloat32(offset + 4 * i)) },
  0x0e: { bytes: 8, read: (view, offset, count) => Float64Array.from({ length: count }, (_, i) => view.getFloat64(offset + 8 * i)) },
};

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

/** Whether bytes start as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function checkLength(name: string, bytes: Uint8Array, offset: number, length: number, what: string): void {
  const got = Math.max(bytes.length - offset, 0);
  if (got < length) fail("data", `${name}: truncated: expected ${length} bytes of ${what} at byte ${offset}; got ${got}.`);
}

/**
 * Reads the bytes of an IDX file, the format of MNIST: a magic number (two zero bytes, the element type, the number of axes), the
 * lengths of the axes, the elements; everything big-endian.
 *
 * @param bytes - The whole file, not compressed; for gzip see `readIdxFile`.
 * @param name - What error messages call the file. Default `readIdx`.
 * @returns The shape and the elements in an array of their own.
 * @throws OptError `data` for a wrong magic number, truncated or surplus bytes, with what was expected at which byte.
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998, section on the file format.
 *
 * @example
 * ```ts
 * import { readIdx } from "@opt/data";
 *
 * const { shape, data } = readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9));
 * shape; // [3]
 * data; // [7, 8, 9]
 * ```
 */
export function readIdx(bytes: Uint8Array, name = "readIdx"): IdxArray {
  if (isGzip(bytes)) fail("data", `${name}: must be plain IDX; got gzip (it starts with 0x1f8b). Use readIdxFile instead.`);
  checkLength(name, bytes, 0, 4, "magic number");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const type = elementTypes[(magic >>> 8) & 0xff];
  if (magic >>> 16 !== 0 || type === undefined) {
    const known = Object.keys(elementTypes).map((code) => hex(Number(code), 2));
    return fail("data", `${name}: wrong magic number: expected 0x0000, an element type (${known.join(", ")}) and the number of axes at byte 0; got ${hex(magic, 8)}. Is it an IDX file?`);
  }
  const rank = magic & 0xff;
  checkLength(name, bytes, 4, 4 * rank, "axis lengths");
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((size, length) => size * length, 1);
  const offset = 4 + 4 * rank;
  const length = count * type.bytes;
  const product = [...shape, ...(type.bytes === 1 ? [] : [`${type.bytes} bytes`])].join(" × ");
  checkLength(name, bytes, offset, length, `data (${product})`);
  if (bytes.length > offset + length) {
    fail("data", `${name}: wrong size: expected the file to end at byte ${offset + length}, after ${product}; got ${bytes.length} bytes.`);
  }
  return { shape, data: type.read(view, offset, count) };
}
