import { beforeAll, describe, it } from "vitest";
import type { Outcome } from "./pages/checks.ts";
import { expectAllPassed, hasBrowser, runPage } from "./run-checks.ts";

const groups = ["elementFunctions", "literals", "largeKernels", "donation", "transfer", "gradients", "fuzz"] as const;

describe.skipIf(!hasBrowser("what kernels compute"))("answers of the GPU", () => {
  let outcomes: readonly Outcome[] = [];
  beforeAll(async () => {
    outcomes = await runPage("answers");
  }, 300_000);

  describe.each(["webgpu", "webgl2"])("on %s", (mode) => {
    it.each(groups)("%s", (group) => expectAllPassed(outcomes, mode, group));
  });
});
