import { fileURLToPath } from "node:url";
import { findBrowser, runInPage } from "@opt/browser";
import { describe, expect, it } from "vitest";
import type { ThreadsReport } from "./pages/threads.ts";

const hasBrowser = findBrowser() !== undefined;
if (!hasBrowser) console.log("note: no Chromium on this machine, so threads are not tested in a browser");

const page = fileURLToPath(new URL("pages/threads.ts", import.meta.url));
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

describe.skipIf(!hasBrowser)("threads in a bundled page", () => {
  it("start where the page is isolated, and give the same bits as one", async () => {
    const { explanation, ...report } = await runInPage<ThreadsReport>(page, { headers: isolation, timeout: 60_000 });
    expect(report).toEqual({ crossOriginIsolated: true, sameBits: true });
    expect(explanation).toMatch(/with 2, .* alone/u);
  }, 90_000);

  it("are one elsewhere, and explain says why", async () => {
    const { explanation, ...report } = await runInPage<ThreadsReport>(page, { timeout: 60_000 });
    expect(report).toEqual({ crossOriginIsolated: false, sameBits: true });
    expect(explanation).toContain("1 thread, because only pages isolated from other origins can share memory");
  }, 90_000);
});
