import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Dataset } from "@opt/data";
import { OptError } from "@opt/core";

/** The real MNIST files, or undefined on a machine without them. */
const path = fileURLToPath(new URL("../../../../shared/data/mnist", import.meta.url));
export const mnistDirectory: string | undefined = existsSync(path) ? path : undefined;

/** `count` examples with inputs (i, −i) and target i: each says which one it is. */
export function numbered(count: number): Dataset {
  return {
    size: count,
    inputs: Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? i / 2 : -(i - 1) / 2)),
    inputShape: [2],
    targets: Int32Array.from({ length: count }, (_, i) => i),
    targetShape: [],
  };
}

/** The code and message that something throws, as one string. */
export async function errorOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

/** The bytes of an IDX file. */
export function idxBytes(type: number, shape: readonly number[], data: readonly number[]): Uint8Array<ArrayBuffer> {
  const header = [0, 0, type, shape.length, ...shape.flatMap((length) => [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255])];
  return Uint8Array.from([...header, ...data]);
}
