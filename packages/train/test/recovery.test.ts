import { fileURLToPath } from "node:url";
import { findBrowser, runInPage } from "@opt/browser";
import { tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import { sgd } from "@opt/first-order";
import { fit } from "@opt/train";
import { beforeAll, describe, expect, it } from "vitest";
import type { RecoveryOutcome } from "./pages/recovery.ts";

const browser = findBrowser();
if (browser === undefined) console.log("note: no Chromium on this machine, so training through a lost GPU is not tested");

describe.skipIf(browser === undefined)("fit on a GPU whose device is lost", () => {
  let outcomes: RecoveryOutcome[] = [];
  beforeAll(async () => {
    outcomes = await runInPage<RecoveryOutcome[]>(fileURLToPath(new URL("pages/recovery.ts", import.meta.url)), { timeout: 120_000 });
  }, 130_000);

  it.each(["webgpu", "webgl2"])("goes on from the last state that was read back, on %s", (mode) => {
    const outcome = outcomes.find((each) => each.mode === mode);
    expect(outcome?.timesRecovered).toBe(1);
    // The device goes with step 23, after the snapshot before step 19: steps 19 to 23 are taken again.
    expect(outcome?.stepsSeen).toEqual([...Array.from({ length: 23 }, (_, index) => index + 1), ...Array.from({ length: 22 }, (_, index) => index + 19)]);
    expect(outcome?.interrupted).toEqual(outcome?.undisturbed);
    expect(outcome?.interrupted).toHaveLength(40);
  });

  it.each(["webgpu", "webgl2"])("says what was lost where nothing recovers it, on %s", (mode) => {
    const outcome = outcomes.find((each) => each.mode === mode);
    expect(outcome?.errorCode).toBe("lost");
    expect(outcome?.errorMessage).toContain("lost");
    expect(outcome?.errorMessage).toContain("await gpu()");
  });
});

describe("the options of recovery", () => {
  const options = {
    loss: (params: Tensor, batch: Tensor) => params.sub(batch).pow(2).sum(),
    params: tensor([1]),
    optimizer: sgd({ learningRate: 0.1 }),
    batches: () => [tensor([0])],
    epochs: 3,
  };

  it("change nothing where no device is lost", async () => {
    const plain = await fit(options);
    const watched = await fit({ ...options, recover: () => expect.unreachable(), snapshotSteps: 1 });
    expect(watched.history.steps).toEqual(plain.history.steps);
  });

  it("are checked", async () => {
    await expect(fit({ ...options, snapshotSteps: 5 })).rejects.toThrow("fit({ snapshotSteps }): is for recover");
    await expect(fit({ ...options, recover: () => 0, snapshotSteps: 0 })).rejects.toThrow("snapshotSteps");
    await expect(fit({ ...options, backend: "gpu" })).rejects.toThrow("await gpu()");
  });

  it("are refused where they would do nothing: solvers of batches evaluate on the CPU", async () => {
    const solver = { init: () => ({}), solve: () => expect.unreachable() };
    await expect(fit({ ...options, optimizer: solver, backend: "cpu" })).rejects.toThrow("fit({ backend }): a solver of batches evaluates on the CPU");
  });

  it("leave errors of other kinds alone", async () => {
    const stop = new Error("stop");
    const onStep = (): never => { throw stop; };
    await expect(fit({ ...options, onStep, recover: () => expect.unreachable() })).rejects.toBe(stop);
  });
});
