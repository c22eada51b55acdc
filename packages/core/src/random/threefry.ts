/** The parity constant of the Skein key schedule, cut to 32 bits. */
export const parity = 0x1bd11bda;
/** How far the second word is rotated in each of four rounds, in turns. */
export const rotations: readonly (readonly number[])[] = [[13, 15, 26, 6], [17, 29, 16, 24]];

/**
 * threefry2x32 with 20 rounds: two words of random bits for a counter and a key, each a pair of 32-bit unsigned integers.
 *
 * A rotation by `r` of x1 is followed by x1 ^= x0; every four rounds a part of the key and the group number are added.
 *
 * @param key0 - first word of the key
 * @param key1 - second word of the key
 * @param counter0 - first word of the counter
 * @param counter1 - second word of the counter
 * @returns two words from 0 to 2^32 - 1
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011
 */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0, key1, key0 ^ key1 ^ parity];
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2] ?? []) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    }
    x0 = (x0 + (keys[(group + 1) % 3] ?? 0)) | 0;
    x1 = (x1 + (keys[(group + 2) % 3] ?? 0) + group + 1) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}
