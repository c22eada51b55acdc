import type { Numbers, Tolerance } from "./close.ts";
import { compareNumbers } from "./close.ts";

/** What vitest's `expect.extend` wants to hear from a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

declare module "vitest" {
  // The parameters are those of vitest's own declaration, which this one merges with.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Compares tensors, arrays or numbers elementwise: `|actual − expected| ≤ absolute + relative · |expected|`. */
    toBeAllClose(expected: T extends Numbers ? Numbers : never, tolerance?: Tolerance): R;
  }
}

function toBeAllClose(actual: Numbers, expected: Numbers, tolerance?: Tolerance): MatcherResult {
  const { close, message } = compareNumbers(actual, expected, tolerance);
  return { pass: close, message: () => (close ? `expected a difference, but ${message}` : message) };
}

/**
 * Matchers for vitest; hand them to `expect.extend` once per test file.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { matchers } from "@opt/testing";
 * import { expect, it } from "vitest";
 *
 * expect.extend(matchers);
 * it("doubles", () => {
 *   expect(tensor([1, 2]).mul(2)).toBeAllClose([2, 4], { relative: 1e-6 });
 * });
 * ```
 */
export const matchers: { readonly toBeAllClose: typeof toBeAllClose } = { toBeAllClose };
