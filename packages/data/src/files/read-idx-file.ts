import { describeValue, fail } from "@opt/core";

import { isGzip, readIdx } from "./idx.ts";
import type { IdxArray } from "./idx.ts";

async function decompress(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail("data", `${name}: damaged gzip: expected ${bytes.length} bytes that decompress; got "${reason}". Fetch the file anew.`);
  }
}

/**
 * Reads an IDX file, plain or gzip, from bytes or from a browser's `File` or `Blob`.
 *
 * @param source - The whole file.
 * @param name - What error messages call the file. Default: the name of a `File`, else `readIdxFile`.
 * @returns The shape and the elements.
 * @throws OptError `data` for damaged gzip and everything that `readIdx` refuses.
 *
 * @example
 * ```ts
 * import { readIdxFile } from "@opt/data";
 *
 * const file = new Blob([Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 3, 4)]); // or from <input type="file">
 * const { data } = await readIdxFile(file);
 * data; // [3, 4]
 * ```
 */
export async function readIdxFile(source: Uint8Array | Blob, name?: string): Promise<IdxArray> {
  const fileName = source instanceof Blob && "name" in source && typeof source.name === "string" ? source.name : "readIdxFile";
  const label = name ?? fileName;
  if (!(source instanceof Blob || source instanceof Uint8Array)) {
    fail("option", `readIdxFile(source): must be a Uint8Array or a Blob; got ${describeValue(source)}.`);
  }
  const bytes = source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source;
  // A Blob takes no bytes of shared memory: those are copied.
  return readIdx(isGzip(bytes) ? await decompress(new Uint8Array(bytes), label) : bytes, label);
}
