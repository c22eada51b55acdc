import { checkOptions, describeValue, fail } from "@opt/core";
import type { Initializer } from "@opt/core";
import { checkChoice } from "./choice.ts";
import { fixedVector, numbersFor } from "./marginal.ts";

/** The functions that turn an output's sum into a probability or a mean. */
export type OutputLink = "softmax" | "sigmoid" | "linear";

/** Options of {@link outputBias}. */
export interface OutputBiasOptions {
  /** What stands between the bias and the prediction. */
  readonly link: OutputLink;
  /**
   * What each output is on average over the training set: for `softmax` the share of each class, or its count; for `sigmoid` the share of ones; for `linear` the
   * mean of the targets.
   */
  readonly marginals: ArrayLike<number>;
}

interface Inverse {
  readonly allowed: (marginal: number) => boolean;
  readonly range: string;
  readonly biases: (marginals: readonly number[]) => number[];
}

const inverses: Readonly<Record<OutputLink, Inverse>> = {
  softmax: {
    allowed: (share) => share > 0,
    range: "> 0, because softmax is never 0. Add one to the count of every class",
    biases: (shares) => {
      const total = shares.reduce((sum, share) => sum + share, 0);
      return shares.map((share) => Math.log(share / total));
    },
  },
  sigmoid: {
    allowed: (share) => share > 0 && share < 1,
    range: "in (0, 1), because a sigmoid is never 0 or 1. Take (ones + 1) / (examples + 2)",
    biases: (shares) => shares.map((share) => Math.log(share) - Math.log1p(-share)),
  },
  linear: { allowed: () => true, range: "a finite number", biases: (means) => [...means] },
};

/**
 * Makes an initializer for the bias of an output layer whose predictions then start at the marginals c of the training set: `b` with `link(b) = c`. That is
 * `b = ln c` for softmax, `b = ln(c / (1 − c))` for a sigmoid, `b = c` without a link.
 *
 * With small weights the first steps then do not have to learn what is known beforehand: which classes are rare.
 *
 * @param options - The link and the marginals.
 * @returns The initializer, for a bias of as many elements as marginals; it does not use its key.
 * @throws OptError `option` for an unknown link or a marginal that the link cannot reach; the initializer throws `shape` for another shape.
 *
 * @example
 * ```ts
 * import { exp, key } from "@opt/core";
 * import { outputBias } from "@opt/init";
 *
 * // Of 100 training examples 70, 20 and 10 are of the three classes.
 * const bias = outputBias({ link: "softmax", marginals: [70, 20, 10] })(key(1), [3]);
 * exp(bias).readSync(); // [0.7, 0.2, 0.1]
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.4: solve softmax(b) = c.
 */
export function outputBias(options: OutputBiasOptions): Initializer {
  checkOptions("outputBias", options, ["link", "marginals"]);
  const { link } = options ?? {};
  checkChoice("outputBias", "link", link, Object.keys(inverses));
  const { allowed, range, biases } = inverses[link];
  const marginals = numbersFor("outputBias", "marginals", options.marginals);
  marginals.forEach((marginal, index) => {
    if (!allowed(marginal)) fail("option", `outputBias({ marginals[${String(index)}] }): for link "${link}" it must be ${range}; got ${describeValue(marginal)}.`);
  });
  return fixedVector("outputBias", biases(marginals), "marginal");
}
