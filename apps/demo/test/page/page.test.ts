import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FolderServer } from "@opt/browser";
import { findBrowser, launchBrowser, serveFolder } from "@opt/browser";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { BackendName } from "../../src/page/browser/protocol.ts";
import { CONTENT_SECURITY_POLICY, buildPage } from "../../src/page/build-page.ts";
import { mnistFiles } from "./mnist-files.ts";
import type { OpenPage } from "./open-page.ts";
import { openPage } from "./open-page.ts";

/** The GPU needs no WebAssembly, so that the page keeps to the strictest policy. */
const WITHOUT_WASM = "default-src 'self'; script-src 'self'";
/** Epochs of a training whose end nobody waits for. */
const ENDLESS = 10_000;
/** SwiftShader computes a GPU's work on the CPU, and other tests run beside this one. */
const PATIENCE = { timeout: 20_000 };

/** Whether this Chromium has what a backend needs. */
async function hasBackend(page: Page, backend: BackendName): Promise<boolean> {
  if (backend === "cpu") return true;
  return page.evaluate(async (name) => {
    const webgl2 = document.createElement("canvas").getContext("webgl2") !== null;
    const webgpu = (await navigator.gpu.requestAdapter()) !== null;
    return { gpu: webgpu || webgl2, webgpu, webgl2 }[name];
  }, backend);
}

const chromium = findBrowser();
if (chromium === undefined) console.log("note: no Chromium on this machine, so the demo's page is not tested");

describe.skipIf(chromium === undefined)("the page", () => {
  let folder: string;
  let browser: Browser;
  let servers: Record<"withWasm" | "withoutWasm", FolderServer>;
  let opened: OpenPage | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "opt-demo-page-"));
    await buildPage(folder);
    servers = {
      withWasm: await serveFolder(folder, { "Content-Security-Policy": CONTENT_SECURITY_POLICY }),
      withoutWasm: await serveFolder(folder, { "Content-Security-Policy": WITHOUT_WASM }),
    };
    browser = await launchBrowser();
  }, 60_000);
  afterEach(async () => {
    await opened?.close();
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([servers.withWasm.close(), servers.withoutWasm.close(), rm(folder, { recursive: true })]);
  });

  async function visit(server: keyof typeof servers, visitor = browser): Promise<OpenPage> {
    opened = await openPage(visitor, servers[server].url);
    return opened;
  }

  describe.each(["cpu", "webgpu", "webgl2"] as const)("on %s", (backend) => {
    const server = backend === "cpu" ? "withWasm" : "withoutWasm";

    it("learns, pauses, goes on and stops as its buttons are clicked", async ({ skip }) => {
      const page = await visit(server);
      const { click, number, text } = page;
      if (!(await hasBackend(page.page, backend))) {
        console.log(`note: the demo's page is not tested on ${backend}, which this Chromium has not`);
        skip();
      }
      await page.start(backend, { epochs: ENDLESS });
      await expect.poll(async () => (await text("backend")) + (await text("error")), PATIENCE).toBe(backend);

      // It starts at ln 10 = 2.3 or a little above.
      await expect.poll(() => number("loss"), PATIENCE).toBeLessThan(2);
      expect(await number("rate")).toBeGreaterThan(0);
      expect(await text("status")).toBe("Learning from 256 generated digits.");
      expect(await page.page.locator("#curve path.mean").getAttribute("d")).toMatch(/^M[\d.,L]+$/u);
      await expect.poll(() => number("accuracy"), PATIENCE).toBeGreaterThan(20);

      await click("Pause");
      await expect.poll(() => text("status"), PATIENCE).toBe("Paused.");
      const atRest = await number("step");
      await page.page.waitForTimeout(300);
      expect(await number("step")).toBe(atRest);

      await click("Resume");
      expect(await text("status")).toContain("Learning");
      await expect.poll(() => number("step"), PATIENCE).toBeGreaterThan(atRest);

      await click("Stop");
      const stopped = await number("step");
      expect(await text("status")).toMatch(/^Stopped after [\d,]+ steps\.$/u);
      await expect.poll(() => page.page.workers().length, PATIENCE).toBe(0);
      expect(await number("step")).toBe(stopped);
      expect(await page.layoutShift()).toBe(0);
      expect(page.complaints).toEqual([]);
    }, 60_000);
  });

  it("trains to the end, with the same result on every backend", async () => {
    const { complaints, number, page, start, text } = await visit("withWasm");
    const train = async (backend: BackendName): Promise<{ loss: number; accuracy: number }> => {
      await start(backend, { epochs: 2 });
      await expect.poll(async () => (await text("status")) + (await text("error")), PATIENCE).toBe("Done: 4 steps on 256 generated digits.");
      expect(await text("step")).toBe("4 / 4");
      // Rows come with the next frame.
      await expect.poll(() => page.locator("#epochs tr").count()).toBe(2);
      return { loss: await number("loss"), accuracy: await number("accuracy") };
    };
    const onCpu = await train("cpu");
    expect(await train("cpu")).toEqual(onCpu);
    for (const backend of ["gpu", "webgl2"] as const) {
      if (!(await hasBackend(page, backend))) continue;
      const { loss, accuracy } = await train(backend);
      expect(await text("backend")).toMatch(backend === "gpu" ? /^web/u : backend);
      // Backends add in different orders: the loss may differ in its last digit, and one of the hundred test digits with it.
      expect(Math.abs(loss - onCpu.loss)).toBeLessThan(0.001);
      expect(Math.abs(accuracy - onCpu.accuracy)).toBeLessThanOrEqual(1);
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  it("trains on files that are chosen, and names one that is missing", async () => {
    const { complaints, page, start, text } = await visit("withWasm");
    const files = mnistFiles(256, 100);
    const field = page.getByLabel("The four files of MNIST");
    await field.setInputFiles(files.slice(1));
    await start("cpu");
    await expect.poll(() => text("error"), PATIENCE).toContain("There is no train-images-idx3-ubyte among the files chosen");
    await field.setInputFiles(files);
    await start("cpu");
    await expect.poll(() => text("status"), PATIENCE).toBe("Done: 10 steps on 256 digits from files.");
    expect(await text("error")).toBe("");
    expect(complaints).toEqual([]);
  });

  it("says what is wrong where the policy forbids WebAssembly", async () => {
    const { layoutShift, page, start, text } = await visit("withoutWasm");
    await start("cpu");
    await expect.poll(() => text("error"), PATIENCE).toContain("add 'wasm-unsafe-eval' to its script-src, or choose the GPU");
    expect(await page.getByRole("button", { name: "Start" }).isEnabled()).toBe(true);
    expect(await layoutShift()).toBe(0);
  });

  it("says when there is no GPU, and can then train on the CPU", async () => {
    const withoutGpu = await launchBrowser({ gpu: false });
    const { complaints, page, start, text } = await visit("withWasm", withoutGpu);
    for (const backend of ["gpu", "webgpu", "webgl2"] as const) {
      await start(backend);
      await expect.poll(() => text("error"), PATIENCE).toMatch(/no GPU/u);
      expect(await text("backend")).toBe("–");
      expect(await page.getByRole("button", { name: "Pause" }).isEnabled()).toBe(false);
    }
    await start("cpu");
    await expect.poll(() => text("status"), PATIENCE).toContain("Done");
    expect([await text("error"), await text("backend")]).toEqual(["", "cpu"]);
    expect(complaints).toEqual([]);
    await withoutGpu.close();
  });

  it("can be used with the keyboard alone", async () => {
    const { complaints, page, text } = await visit("withWasm");
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent.trim() ?? "");
    await page.keyboard.press("Tab");
    for (let count = 0; count < 3; count += 1) await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("radio", { name: "CPU" }).isChecked()).toBe(true);
    while ((await focused()) !== "Start") await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("Stop");
    await expect.poll(() => text("status"), PATIENCE).toContain("Learning");
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe("Pause");
    await page.keyboard.press("Space");
    expect(await focused()).toBe("Resume");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await text("status")).toContain("Stopped");
    expect(await focused()).toBe("Start");
    expect(complaints).toEqual([]);
  });
});
