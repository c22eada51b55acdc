import { parity, rotations } from "../../random/threefry.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { Local } from "../types.ts";

/** Two 32-bit words in each of four lanes. */
export interface WordPair {
  readonly word0: Local;
  readonly word1: Local;
}

/**
 * Writes threefry2x32 with 20 rounds on i32x4 lanes.
 *
 * @param counter - the two words of the counters; not changed
 * @param key - the two words of the key, in all lanes
 * @returns fresh locals with the two output words
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011
 */
export function threefry2x32(w: FunctionWriter, counter: WordPair, key: WordPair): WordPair {
  const word0 = w.local("v128");
  const word1 = w.local("v128");
  w.op("v128.xor", key.word0, key.word1);
  w.op("v128.xor", w.splatConstant("i32x4", parity));
  const key2 = w.keep();
  const keys = [key.word0, key.word1, key2];

  addInto(w, word0, counter.word0, key.word0);
  addInto(w, word1, counter.word1, key.word1);
  for (let group = 0; group < 5; group += 1) {
    for (const rotation of rotations[group % 2] ?? []) {
      addInto(w, word0, word0, word1);
      rotateLeft(w, word1, rotation);
      w.op("v128.xor", word0);
      w.set(word1);
    }
    addInto(w, word0, word0, keys[(group + 1) % 3] ?? key2);
    addInto(w, word1, word1, keys[(group + 2) % 3] ?? key2);
    addInto(w, word1, word1, w.splatConstant("i32x4", group + 1));
  }
  return { word0, word1 };
}

function addInto(w: FunctionWriter, target: Local, a: Local, b: Local): void {
  w.op("i32x4.add", a, b);
  w.set(target);
}

function rotateLeft(w: FunctionWriter, word: Local, bits: number): void {
  w.op("i32x4.shl", word, bits);
  w.op("i32x4.shr_u", word, 32 - bits);
  w.op("v128.or");
}
