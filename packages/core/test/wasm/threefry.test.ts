import { describe, expect, it } from "vitest";
import { threefry2x32 as hostThreefry } from "../../src/random/threefry.ts";
import { threefry2x32 } from "../../src/wasm/math/threefry.ts";
import { ModuleWriter } from "../../src/wasm/module-writer.ts";
import { instantiate } from "./support.ts";

// Known answers of the Random123 library (kat_vectors), as key, counter, output.
const knownAnswers = [
  [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
  [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
] as const;

/** Runs the vector code on four counters: the given one in lane 2, others around it. */
function vectorThreefry(key: readonly [number, number], counters: readonly (readonly [number, number])[]): [number, number][] {
  const writer = new ModuleWriter();
  writer.importMemory("env", "memory", { min: 1 });
  writer.addFunction("run", { parameters: [], results: [] }, (w) => {
    const [counter0, counter1, key0, key1] = [0, 16, 32, 48].map((address) => {
      w.load("v128.load", 0, address);
      return w.keep();
    });
    if (!counter0 || !counter1 || !key0 || !key1) throw new Error("four inputs");
    const { word0, word1 } = threefry2x32(w, { word0: counter0, word1: counter1 }, { word0: key0, word1: key1 });
    w.store(64, 0, word0);
    w.store(80, 0, word1);
  });
  const { memory, functions } = instantiate(writer, 1);
  const words = new Uint32Array(memory.buffer);
  counters.forEach(([first, second], lane) => {
    words[lane] = first;
    words[4 + lane] = second;
  });
  words.fill(key[0], 8, 12);
  words.fill(key[1], 12, 16);
  functions["run"]?.();
  return counters.map((_, lane) => [words[16 + lane] ?? NaN, words[20 + lane] ?? NaN]);
}

describe("threefry2x32", () => {
  it.each(knownAnswers)("of key %j and counter %j is the published %j", (key, counter, output) => {
    expect(hostThreefry(key[0], key[1], counter[0], counter[1])).toEqual([...output]);
    expect(vectorThreefry(key, [[1, 2], [3, 4], counter, [5, 6]])[2]).toEqual([...output]);
  });

  it("gives the same bits in vector lanes and in JavaScript", () => {
    const counters = [[0, 0], [1, 0], [0xfffffffe, 7], [123456789, 0x80000000]] as const;
    const expected = counters.map(([first, second]) => hostThreefry(42, 0xdeadbeef, first, second));
    expect(vectorThreefry([42, 0xdeadbeef], counters)).toEqual(expected);
  });
});
