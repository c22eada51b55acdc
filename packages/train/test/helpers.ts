import type { Key, Tensor } from "@opt/core";
import { fromArray, hostRandomNormal, hostRandomUniform } from "@opt/core";

/** A batch of labeled points. */
export type PointBatch = { readonly inputs: Tensor; readonly targets: Tensor };

/** Points around three centers, cut into batches in order; the last batch may be smaller. */
export function blobBatches(key: Key, examples: number, batchSize: number): PointBatch[] {
  const noise = hostRandomNormal(key, examples * 2);
  const inputs = Float32Array.from(noise, (value, index) => {
    const angle = (2 * Math.PI * (Math.floor(index / 2) % 3)) / 3;
    return 2 * (index % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + 0.5 * value;
  });
  const batches: PointBatch[] = [];
  for (let start = 0; start < examples; start += batchSize) {
    const end = Math.min(start + batchSize, examples);
    batches.push({
      inputs: fromArray(inputs.slice(2 * start, 2 * end), [end - start, 2]),
      targets: fromArray(Int32Array.from({ length: end - start }, (_, index) => (start + index) % 3), [end - start]),
    });
  }
  return batches;
}

/** A batch of a regression problem. */
export type LineBatch = { readonly x: Tensor; readonly y: Tensor };

/** Noiseless batches of y = 2x − 1. */
export function lineBatches(key: Key, count: number, batchSize: number): LineBatch[] {
  const draws = hostRandomUniform(key, count * batchSize);
  return Array.from({ length: count }, (_, index) => {
    const x = Float32Array.from(draws.subarray(index * batchSize, (index + 1) * batchSize), (value) => 2 * value - 1);
    return { x: fromArray(x, [batchSize]), y: fromArray(x.map((value) => 2 * value - 1), [batchSize]) };
  });
}
