import { findFailure } from "../../fuzz-modes.ts";
import { randomProgram } from "../../random-program.ts";
import type { Group } from "./checks.ts";
import { ulpsOfGpu } from "./gpu-precision.ts";

/** Programs for each backend: every kernel is compiled, so there are fewer than on the CPU. */
const count = 12;

/** Random graphs: read lazily, compiled, updated in place and differentiated, against the naive reference. */
export const fuzz: Group = async (backend, check) => {
  for (let seed = 0; seed < count; seed++) {
    await check(`program ${String(seed)}`, () => findFailure(randomProgram(seed, "gpu"), { backend, ulpsOf: ulpsOfGpu }));
  }
};
