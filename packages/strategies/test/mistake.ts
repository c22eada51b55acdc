import { OptError } from "@opt/core";

/** The code and message of the OptError that something ends with, at once or as a promise. */
export async function mistake(make: () => unknown): Promise<string> {
  try {
    await make();
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}
