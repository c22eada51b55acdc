import type { Tensor } from "@opt/core";
import { OptError } from "@opt/core";

/** Runs a piece of work; an OptError from it says in addition where it happened. */
export function withContext<Result>(context: () => string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OptError)) throw error;
    const located = new OptError(error.code, `${context()}: ${error.message}`);
    located.cause = error;
    throw located;
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
