import { findFailure } from "../../fuzz-modes.ts";
import { randomProgram } from "../../random-program.ts";
import type { Group } from "./checks.ts";
import { ulpsOfGpu } from "./gpu-precision.ts";

/** What the test hands over as a file: which programs to try. */
export interface FuzzSettings {
  readonly firstSeed: number;
  readonly count: number;
}

/** Random graphs: read lazily, compiled, updated in place and differentiated, against the naive reference. */
export const fuzz: Group = async (backend, check) => {
  const { firstSeed, count } = (await (await fetch("fuzz.json")).json()) as FuzzSettings;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    await check(`program ${String(seed)}`, () => findFailure(randomProgram(seed, "gpu"), { backend, ulpsOf: ulpsOfGpu }));
  }
};
