import type { Outcome } from "./checks.ts";
import { runGroups } from "./checks.ts";
import { donation } from "./donation.ts";
import { elementFunctions } from "./element-functions.ts";
import { fuzz } from "./fuzz.ts";
import { gradients } from "./gradients.ts";
import { largeKernels } from "./large-kernels.ts";
import { literals } from "./literals.ts";
import { products } from "./products.ts";
import { shaders } from "./shaders.ts";
import { transfer } from "./transfer.ts";

/** What is computed: all of it in one page. */
export default function answers(): Promise<Outcome[]> {
  return runGroups({ shaders, elementFunctions, literals, largeKernels, donation, products, transfer, gradients, fuzz });
}
