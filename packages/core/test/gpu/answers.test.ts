import { beforeAll, describe, it } from "vitest";
import type { Outcome } from "./pages/checks.ts";
import type { FuzzSettings } from "./pages/fuzz.ts";
import { expectAllPassed, hasBrowser, runPage } from "./run-checks.ts";

/** Few random programs, since every kernel is compiled; with GPU_FUZZ_PROGRAMS=200 a longer search, with FUZZ_SEED another one. */
const fuzz: FuzzSettings = { firstSeed: Number(process.env["FUZZ_SEED"] ?? 0), count: Number(process.env["GPU_FUZZ_PROGRAMS"] ?? 8) };

const groups = ["shaders", "elementFunctions", "literals", "largeKernels", "donation", "transfer", "gradients", "fuzz"] as const;

describe.skipIf(!hasBrowser("what kernels compute"))("answers of the GPU", () => {
  let outcomes: readonly Outcome[] = [];
  beforeAll(async () => {
    outcomes = await runPage("answers", { files: { "fuzz.json": new TextEncoder().encode(JSON.stringify(fuzz)) }, timeout: 3_600_000 });
  }, 3_600_000);

  describe.each(["webgpu", "webgl2"])("on %s", (mode) => {
    it.each(groups)("%s", (group) => expectAllPassed(outcomes, mode, group));
  });
});
