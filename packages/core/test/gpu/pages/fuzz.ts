import { findFailure } from "../../fuzz-modes.ts";
import { randomProgram } from "../../random-program.ts";
import type { Group } from "./checks.ts";
import { readSettings } from "./checks.ts";
import { ulpsOfGpu } from "./gpu-precision.ts";

/** Random graphs: read lazily, compiled, updated in place and differentiated, against the naive reference. */
export const fuzz: Group = async (backend, check) => {
  const { firstSeed, count } = (await readSettings()).fuzz;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    await check(`program ${String(seed)}`, () => findFailure(randomProgram(seed, "gpu"), { backend, ulpsOf: ulpsOfGpu }));
  }
};
