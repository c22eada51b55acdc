import { fileURLToPath } from "node:url";
import type { RunInPageOptions } from "@opt/browser";
import { findBrowser, runInPage } from "@opt/browser";
import { expect } from "vitest";
import type { Outcome } from "./pages/checks.ts";

/** Whether there is a browser; where there is none, that is said. */
export function hasBrowser(what: string): boolean {
  const found = findBrowser() !== undefined;
  if (!found) console.log(`note: no Chromium on this machine, so ${what} is not tested on the GPU`);
  return found;
}

/** Runs a page of this folder. */
export function runPage<Result>(name: string, options: RunInPageOptions = {}): Promise<Result> {
  return runInPage(fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url)), { timeout: 240_000, ...options });
}

/** Fails with all that went wrong in one group of checks on one backend, or if there were none. */
export function expectAllPassed(outcomes: readonly Outcome[], mode: string, group: string): void {
  const own = outcomes.filter((outcome) => outcome.mode === mode && outcome.group === group);
  expect(own.length, "the number of checks").toBeGreaterThan(0);
  const failures = own.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`]));
  expect(failures.join("\n\n")).toBe("");
}
