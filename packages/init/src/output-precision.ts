import { checkOptions, describeValue, fail } from "@opt/core";
import type { Initializer } from "@opt/core";
import { checkChoice } from "./choice.ts";
import { fixedVector, numbersFor } from "./marginal.ts";

/** As what a model holds the spread of its outputs. */
export type SpreadForm = "precision" | "variance" | "standard-deviation" | "log-precision" | "log-variance";

/** Options of {@link outputPrecision}. */
export interface OutputPrecisionOptions {
  /** The variance of each output's targets over the training set, > 0. */
  readonly variances: ArrayLike<number>;
  /** What the parameter stands for; the logarithms stay positive whatever the optimizer does. Default `precision`. */
  readonly form?: SpreadForm;
}

const forms: Readonly<Record<SpreadForm, (variance: number) => number>> = {
  precision: (variance) => 1 / variance,
  variance: (variance) => variance,
  "standard-deviation": Math.sqrt,
  "log-precision": (variance) => -Math.log(variance),
  "log-variance": Math.log,
};

/**
 * Makes an initializer for the precision β of a Gaussian output `p(y | x) = N(y; f(x), 1/β)`: the one that the targets have without looking at x,
 * `β = 1 / Var(y)`. Put the targets' means into the output's bias with {@link outputBias}.
 *
 * @param options - The variances and the parameter's form.
 * @returns The initializer, for a parameter of as many elements as variances; it does not use its key.
 * @throws OptError `option` for a variance that is not positive or an unknown form; the initializer throws `shape` for another shape.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { outputPrecision } from "@opt/init";
 *
 * outputPrecision({ variances: [4, 0.25] })(key(1), [2]).readSync(); // [0.25, 4]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4, equation 8.24.
 */
export function outputPrecision(options: OutputPrecisionOptions): Initializer {
  checkOptions("outputPrecision", options, ["variances", "form"]);
  const { form = "precision" } = options ?? {};
  checkChoice("outputPrecision", "form", form, Object.keys(forms));
  const variances = numbersFor("outputPrecision", "variances", options?.variances);
  variances.forEach((variance, index) => {
    if (variance <= 0) fail("option", `outputPrecision({ variances[${String(index)}] }): must be > 0; got ${describeValue(variance)}. Targets that never change need no output.`);
  });
  return fixedVector("outputPrecision", variances.map(forms[form]), "variance");
}
