import { describe, expect, it } from "vitest";
import { findFailure } from "./fuzz-modes.ts";
import { randomProgram } from "./random-program.ts";

/** Programs per run; with FUZZ_PROGRAMS=20000 a longer search, with FUZZ_SEED another one. */
const count = Number(process.env["FUZZ_PROGRAMS"] ?? 1000);
const firstSeed = Number(process.env["FUZZ_SEED"] ?? 0);
const slices = 4;

describe("random graphs agree with the naive reference", () => {
  // Tolerances are bounds of the rounding errors of each graph, element by element: see reference.ts.
  it.each(Array.from({ length: slices }, (_, slice) => slice))("read lazily, compiled, updated in place and differentiated, part %i", async (slice) => {
    const share = Math.ceil(count / slices);
    const from = firstSeed + slice * share;
    for (let seed = from; seed < from + share; seed++) expect(await findFailure(randomProgram(seed), { backend: "cpu" })).toBeUndefined();
  }, 600_000);
});
