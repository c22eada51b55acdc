import { launchBrowser, runInPage } from "@opt/browser";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testedVersion } from "../../src/gpu/gpujs.ts";
import { gpu } from "../../src/gpu.ts";
import type { HiddenOutcome } from "./pages/hidden-fields.ts";
import type { StrictPolicyReport } from "./pages/strict-policy.ts";
import type { Losses } from "./pages/train-everywhere.ts";
import { comparedSteps } from "./pages/train-everywhere.ts";
import { tinyLosses } from "./pages/tiny-training.ts";
import { hasBrowser, modes, pageOf } from "./run-checks.ts";

/** No WebAssembly, no eval, nothing from elsewhere. */
const strictPolicy = { "Content-Security-Policy": "default-src 'self'; script-src 'self'" };

describe.skipIf(!hasBrowser("a strict policy"))("the GPU in its surroundings", () => {
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let onCpu: readonly number[];
  beforeAll(async () => {
    browser = await launchBrowser();
    onCpu = await tinyLosses("cpu", comparedSteps);
  }, 60_000);
  afterAll(() => browser.close());

  function expectTrained(losses: Losses): void {
    for (const mode of modes) {
      expect(losses[mode], mode).toHaveLength(comparedSteps);
      losses[mode]?.forEach((loss, step) => expect(Math.abs(loss - (onCpu[step] ?? NaN)), `${mode}, step ${step}`).toBeLessThan(1e-5));
    }
  }

  it("trains as the CPU does under the strictest policy, bundled, in two tabs at once, in pages and workers", async () => {
    const tabs = await Promise.all([0, 1].map(() => runInPage<StrictPolicyReport>(pageOf("strict-policy"), { browser, headers: strictPolicy, timeout: 100_000 })));
    for (const { wasmAllowed, page, worker } of tabs) {
      expect(wasmAllowed).toBe(false);
      expectTrained(page);
      expectTrained(worker);
    }
  }, 120_000);

  it("calls kernels one by one where gpu.js hides how it compiles, and says so", async () => {
    for (const { mode, losses, expected, explanation } of await runInPage<HiddenOutcome[]>(pageOf("hidden-fields"), { browser, timeout: 120_000 })) {
      expect(losses, mode).toHaveLength(8);
      losses.forEach((loss, step) => expect(Math.abs(loss - (expected[step] ?? NaN)), `${mode}, step ${String(step)}`).toBeLessThan(1e-5));
      expect(explanation).toContain("this gpu.js hides its compiled shaders, so each kernel is called by itself");
    }
  }, 120_000);
});

describe("without a GPU or without gpu.js", () => {
  it("says what was tried and why it failed", async () => {
    await expect(gpu()).rejects.toThrow(/gpu\(\): no GPU can be used here\. Tried webgpu: there is no navigator\.gpu; webgl2: there is neither OffscreenCanvas nor a document\. The CPU backend needs none\./u);
    await expect(gpu({ mode: "webgl2" })).rejects.toMatchObject({ code: "backend" });
    await expect(gpu({ mode: "webgl" as "webgl2" })).rejects.toThrow('must be "webgpu" or "webgl2"; got "webgl"');
  });

  it("says how to install gpu.js when it is missing or another version", async () => {
    const installLine = `npm install gpu.js@${testedVersion}`;
    vi.doMock("gpu.js/package.json", () => ({ default: { version: "2.16.0" } }));
    await expect(gpu()).rejects.toThrow(`needs gpu.js ${testedVersion}, the version that was tested; found 2.16.0. Install it: ${installLine}`);
    vi.doUnmock("gpu.js/package.json");
    vi.doMock("gpu.js", () => {
      throw new Error("Cannot find package 'gpu.js'");
    });
    await expect(gpu()).rejects.toMatchObject({ code: "backend", message: expect.stringContaining(installLine) as string });
    vi.doUnmock("gpu.js");
  });
});
