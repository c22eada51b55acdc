import type { Outcome } from "./checks.ts";
import { runGroups } from "./checks.ts";
import { elementFunctions } from "./element-functions.ts";
import { fuzz } from "./fuzz.ts";
import { gradients } from "./gradients.ts";

/** What is computed: all of it in one page. */
export default function answers(): Promise<Outcome[]> {
  return runGroups({ elementFunctions, gradients, fuzz });
}
