/** Test set-up: a console call made while a test runs fails that test, since packages never print. */
import { afterEach, beforeEach, vi } from "vitest";

const METHODS = ["debug", "error", "info", "log", "trace", "warn"] as const;
let calls: string[] = [];
let restore: (() => void)[] = [];

beforeEach(() => {
  calls = [];
  restore = METHODS.map((method) => {
    const spy = vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      calls.push(`console.${method}(${values.map(String).join(", ")})`);
    });
    return () => {
      spy.mockRestore();
    };
  });
});

afterEach(() => {
  for (const undo of restore) undo();
  if (calls.length > 0) throw new Error(`a test (or what it ran) printed to the console:\n${calls.join("\n")}`);
});
