/**
 * The numbers that every contender starts from: a hash of the index, so that programs in other languages make the same ones
 * (`native/limits.c` and `native/serve.py` have the same lines).
 *
 * @param count - How many.
 * @param seed - Which: different seeds give unrelated numbers.
 * @returns Numbers in [−0.5, 0.5).
 */
export function inputs(count: number, seed: number): Float64Array<ArrayBuffer> {
  const values = new Float64Array(count);
  const offset = Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < count; index++) {
    let x = (index + offset) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    x ^= x >>> 16;
    values[index] = (x >>> 0) / 4294967296 - 0.5;
  }
  return values;
}

/** {@link inputs} in single precision. */
export function inputs32(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(inputs(count, seed));
}

/** Class labels for `count` examples. */
export function labels(count: number, classes: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: count }, (_, index) => (index * 7 + 3) % classes);
}

/** About `most` elements of an array, evenly spread: what is compared of a large result. */
export function sample(values: ArrayLike<number>, most: number = 1000): number[] {
  const stride = Math.max(1, Math.floor(values.length / most));
  const taken: number[] = [];
  for (let index = 0; index < values.length; index += stride) taken.push(values[index]!);
  return taken;
}
