import { OptError } from "@opt/core";

/** The code and message of the error that something gives. */
export function complaint(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}
