import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrowser, launchBrowser, runInPage, serveFolder } from "../src/index.ts";

const pageOf = (name: string): string => fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url));

if (findBrowser() === undefined) console.log("note: no Chromium on this machine, so nothing is run in a browser");

describe.skipIf(findBrowser() === undefined)("runInPage", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it("returns what the entry returns; its workers run, and there is a GPU", async () => {
    const found = await runInPage(pageOf("environment"), { browser });
    expect(found).toEqual({ inWorker: true, evalAllowed: true, crossOriginIsolated: false, webgl2: true, webgpu: true });
  });

  it("sends the headers: isolation and a strict content security policy are in force, in workers too", async () => {
    const headers = {
      "Content-Security-Policy": "default-src 'self'; script-src 'self'",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    };
    const found = await runInPage(pageOf("environment"), { browser, headers });
    expect(found).toMatchObject({ inWorker: true, evalAllowed: false, crossOriginIsolated: true });
  });

  it("serves files that the page fetches", async () => {
    expect(await runInPage(pageOf("fetch-file"), { browser, files: { "numbers.bin": Uint8Array.of(3, 1, 4) } })).toEqual([3, 1, 4]);
  });

  it("runs in a browser without a GPU", async () => {
    const without = await launchBrowser({ gpu: false });
    expect(await runInPage(pageOf("environment"), { browser: without })).toMatchObject({ webgl2: false, webgpu: false });
    await without.close();
  });

  it("throws the page's error with what it printed", async () => {
    await expect(runInPage(pageOf("failure"), { browser })).rejects.toThrow(/RangeError: out of range[^]*failLate[^]*info: about to fail/u);
  });

  it("throws what the page throws where nobody waits for it", async () => {
    await expect(runInPage(pageOf("stray-failure"), { browser })).rejects.toThrow("thrown aside");
  });

  it("gives up when time is up", async () => {
    await expect(runInPage(pageOf("environment"), { browser, timeout: 1 })).rejects.toThrow("the page was not through after 1 ms");
  });
});

describe("serveFolder", () => {
  it("serves the folder and nothing above it", async () => {
    const server = await serveFolder(fileURLToPath(new URL("pages", import.meta.url)), { "X-Test": "yes" });
    const found = await fetch(`${server.url}worker.ts`);
    expect([found.status, found.headers.get("x-test")]).toEqual([200, "yes"]);
    expect((await fetch(`${server.url}..%2frun-in-page.test.ts`)).status).toBe(404);
    await server.close();
  });
});
