/**
 * The categories of mistakes that the packages report.
 *
 * `option`: an option's name or value; `shape`, `dtype`, `tree`: tensors or trees that do not fit; `data`: files or
 * data sets; `donated`, `disposed`: a tensor whose buffer is gone; `trace`: reading a value while a function is being
 * traced; `backend`: something the backend cannot do; `lost`: a device that is gone, with the tensors on it.
 */
export type ErrorCode =
  "option" | "shape" | "dtype" | "tree" | "data" | "donated" | "disposed" | "trace" | "backend" | "lost";

/**
 * The error that every package throws for a programming mistake. Numerical outcomes are values, never errors.
 *
 * @example
 * ```ts
 * import { OptError, tensor } from "@opt/core";
 *
 * try {
 *   tensor([1, 2, 3]).add(tensor([1, 2]));
 * } catch (error) {
 *   if (error instanceof OptError) console.log(error.code, error.message);
 * }
 * ```
 */
export class OptError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = "OptError";
    this.code = code;
  }
}

/**
 * Throws an {@link OptError}; usable as an expression because it never returns.
 *
 * @param code - The category of the mistake.
 * @param message - Says where, what value, why, and what instead: ``adam({ beta2 }): must be in [0, 1); got 1.2.``
 * @throws OptError always.
 *
 * @example
 * ```ts
 * import { fail, OptError } from "@opt/core";
 *
 * try {
 *   fail("option", "step({ rate }): must be positive; got -1.");
 * } catch (error) {
 *   console.log(error instanceof OptError);
 * }
 * ```
 */
export function fail(code: ErrorCode, message: string): never {
  throw new OptError(code, message);
}

/** Throws when our own code finds itself in a state that cannot be: a fault of the library, not of its user. */
export function failInternally(what: string): never {
  throw new Error(`opt: internal: ${what}`);
}

/** What must be there; where it is missing, the library is at fault. */
export function existing<T>(value: T | undefined, what: string): T {
  return value ?? failInternally(`no ${what}`);
}
