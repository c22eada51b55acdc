import type { Tensor } from "@opt/core";
import { OptError } from "@opt/core";

/** Throws an error on; an OptError says in addition where it happened. */
function throwFrom(context: () => string, error: unknown): never {
  if (!(error instanceof OptError)) throw error;
  const located = new OptError(error.code, `${context()}: ${error.message}`);
  located.cause = error;
  throw located;
}

/** Runs a piece of work, at once or as a promise; an OptError from it says in addition where it happened. */
export function withContext<Result>(context: () => string, work: () => Result): Result {
  try {
    const result = work();
    // The promise that comes out has the result of the one that went in.
    return result instanceof Promise ? (result.catch((error: unknown) => throwFrom(context, error)) as Result) : result;
  } catch (error) {
    return throwFrom(context, error);
  }
}

/** The value of a one-element tensor: at once where the backend can, else as a promise. */
export function readNumber(tensor: Tensor): number | Promise<number> {
  try {
    return tensor.item();
  } catch (error) {
    if (!(error instanceof OptError) || error.code !== "backend") throw error;
    return tensor.read().then(([value = Number.NaN]) => value);
  }
}
