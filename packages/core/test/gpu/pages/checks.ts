import type { TypedArray } from "@opt/core";
import type { GpuBackend, GpuMode } from "../../../src/gpu.ts";
import { gpu } from "../../../src/gpu.ts";

/** What became of one check: plain data, so that it can leave the page. */
export interface Outcome {
  readonly mode: GpuMode;
  readonly group: string;
  readonly name: string;
  /** What is wrong; undefined where nothing is. */
  readonly failure: string | undefined;
  readonly milliseconds: number;
}

/** Does one check; `find` returns what is wrong, and an error counts as that too. */
export type Check = (name: string, find: () => Promise<string | undefined>) => Promise<void>;

/** Checks that belong together, on one backend. */
export type Group = (backend: GpuBackend, check: Check) => Promise<void>;

/** What the test hands over as a file. */
export interface PageSettings {
  readonly mode: GpuMode;
  /** The random programs to try. */
  readonly fuzz: { readonly firstSeed: number; readonly count: number };
}

/** Reads what the test handed over. */
export async function readSettings(): Promise<PageSettings> {
  return (await (await fetch("settings.json")).json()) as PageSettings;
}

/** Runs groups of checks, all in this page. */
export async function runGroups(groups: Readonly<Record<string, Group>>): Promise<Outcome[]> {
  const { mode } = await readSettings();
  const backend = await gpu({ mode });
  const outcomes: Outcome[] = [];
  for (const [group, run] of Object.entries(groups)) {
    await run(backend, async (name, find) => {
      const started = performance.now();
      let failure: string | undefined;
      try {
        failure = await find();
      } catch (error) {
        failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
      outcomes.push({ mode, group, name, failure, milliseconds: performance.now() - started });
    });
  }
  return outcomes;
}

/** The first element that is not exactly the expected one; NaN is NaN, and −0 is not 0. */
export function firstDifference(actual: TypedArray, expected: ArrayLike<number>): string | undefined {
  if (actual.length !== expected.length) return `${String(actual.length)} elements instead of ${String(expected.length)}`;
  for (let index = 0; index < expected.length; index++) {
    const [is, wanted] = [actual[index] ?? NaN, expected[index] ?? NaN];
    if (!Object.is(is, wanted)) return `element ${String(index)}: ${Object.is(is, -0) ? "-0" : String(is)} instead of ${Object.is(wanted, -0) ? "-0" : String(wanted)}`;
  }
  return undefined;
}

/** What is wrong with a promise that should be rejected by an `OptError` of a code, with a text in its message. */
export async function rejection(code: string, text: string, attempt: () => unknown): Promise<string | undefined> {
  try {
    await attempt();
  } catch (error) {
    const { code: found, message } = error as { readonly code?: unknown; readonly message?: string };
    return found === code && message?.includes(text) === true ? undefined : `rejected with ${String(found)}: ${String(message)}`;
  }
  return `nothing was thrown; expected ${code}: ${text}`;
}
