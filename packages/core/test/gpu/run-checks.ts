import { fileURLToPath } from "node:url";
import { findBrowser, runInPage } from "@opt/browser";
import { beforeAll, describe, expect, it } from "vitest";
import type { GpuMode } from "../../src/gpu.ts";
import type { Outcome, PageSettings } from "./pages/checks.ts";

/** The ways to the GPU. */
export const modes: readonly GpuMode[] = ["webgpu", "webgl2"];

/** Few random programs, since every kernel is compiled; with GPU_FUZZ_PROGRAMS=200 a longer search, with FUZZ_SEED another one. */
const fuzz: PageSettings["fuzz"] = { firstSeed: Number(process.env["FUZZ_SEED"] ?? 0), count: Number(process.env["GPU_FUZZ_PROGRAMS"] ?? 8) };
const patience = 240_000 + 10_000 * fuzz.count;

/** Whether there is a browser; where there is none, that is said. */
export function hasBrowser(what: string): boolean {
  const found = findBrowser() !== undefined;
  if (!found) console.log(`note: no Chromium on this machine, so ${what} is not tested on the GPU`);
  return found;
}

/** The path of a page of this folder. */
export function pageOf(name: string): string {
  return fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url));
}

function failuresOf(outcomes: readonly Outcome[]): string {
  return outcomes.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`])).join("\n\n");
}

/** Makes a test of each group of a page's checks on each way to the GPU. The two run side by side, each in a browser of its own. */
export function describeChecks(page: string, groups: readonly string[]): void {
  describe.skipIf(!hasBrowser(page))(`${page} of the GPU`, () => {
    let outcomes: readonly Outcome[] = [];
    beforeAll(async () => {
      const settings = (mode: GpuMode): PageSettings => ({ mode, fuzz });
      const run = (mode: GpuMode): Promise<Outcome[]> =>
        runInPage(pageOf(page), { timeout: patience, files: { "settings.json": new TextEncoder().encode(JSON.stringify(settings(mode))) } });
      outcomes = (await Promise.all(modes.map(run))).flat();
    }, patience);

    describe.each(modes)("on %s", (mode) => {
      it.each(groups)("%s", (group) => {
        const own = outcomes.filter((outcome) => outcome.mode === mode && outcome.group === group);
        expect(own.length, "the number of checks").toBeGreaterThan(0);
        expect(failuresOf(own)).toBe("");
      });
    });
  });
}
