import { beforeAll, describe, it } from "vitest";
import type { Outcome } from "./pages/checks.ts";
import { expectAllPassed, hasBrowser, runPage } from "./run-checks.ts";

describe.skipIf(!hasBrowser("the table of optimizers"))("the table of optimizers", () => {
  let outcomes: readonly Outcome[] = [];
  beforeAll(async () => {
    outcomes = await runPage("optimizers");
  }, 240_000);

  it.each(["webgpu", "webgl2"])("goes the CPU's way on %s", (mode) => expectAllPassed(outcomes, mode, "trajectories"));
});
