import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import { short } from "../numbers.ts";

/** Options of {@link growth}. */
export interface GrowthOptions {
  /** From which total factor on, up or down, a sequence counts as exploding or vanishing, > 1. Default 100. */
  readonly threshold?: number;
}

/** How a sequence of norms grows or decays. */
export interface Growth {
  /** The geometric mean of the factors from one to the next, `(last / first)^(1/(n − 1))`. */
  readonly factor: number;
  /** `last / first`. */
  readonly total: number;
  /** `zero` when all norms are 0; `non-finite` when one is NaN, or the first infinite. */
  readonly verdict: "vanishing" | "stable" | "exploding" | "zero" | "non-finite";
  /** The verdict as a sentence, with what to try. */
  readonly message: string;
}

/** Checks the options of {@link growth} and returns the threshold. */
export function checkGrowthOptions(where: string, options: GrowthOptions): number {
  return checkNumber(where, "threshold", options.threshold ?? 100, { above: 1 });
}

function verdictOf(norms: readonly number[], total: number, threshold: number): Growth["verdict"] {
  // A norm that overflowed on the way from a finite one has exploded.
  if (norms.some(Number.isNaN) || norms[0] === Infinity) return "non-finite";
  if (norms.every((each) => each === 0)) return "zero";
  if (total < 1 / threshold) return "vanishing";
  return total > threshold ? "exploding" : "stable";
}

function describe(verdict: Growth["verdict"], factor: number, total: number, steps: number): string {
  const change = `the norm changes by a factor of ${short(factor)} a step, ${short(total)} over ${String(steps)} ${steps === 1 ? "step" : "steps"}`;
  switch (verdict) {
    case "vanishing":
      return `vanishing: ${change}. Try a scale-preserving initialization (He, orthogonal), normalization, skip connections or gates.`;
    case "exploding":
      return `exploding: ${change}. Try a smaller initial scale, clipping by the global norm, or normalization.`;
    case "stable":
      return `stable: ${change}.`;
    case "zero":
      return "zero: every norm is 0, so nothing flows. Look for dead units, or for a value that the loss does not use.";
    case "non-finite":
      return "non-finite: a norm is NaN, or infinite from the start. Look at the parameters, the data and the loss.";
  }
}

/**
 * Tells from a sequence of norms, in the order in which the signal flows, whether it vanishes, explodes or keeps its size: the factor of
 * each step is `(last / first)^(1/(n − 1))`.
 *
 * @param norms - Two or more norms ≥ 0: of gradients from the last layer to the first, of states through time, of powers of a matrix.
 * @param options - The threshold. See {@link GrowthOptions}.
 * @returns The factors and the verdict.
 * @throws OptError `option` for a bad threshold; `data` for fewer than two norms or negative ones.
 *
 * @example
 * ```ts
 * import { growth } from "@opt/diagnostics";
 *
 * const { factor, total, verdict } = growth([1, 0.1, 0.01, 0.001]);
 * factor; // 0.1
 * total; // 0.001
 * verdict; // "vanishing"
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, sections 8.2.5 and 10.7; Bengio, Simard and Frasconi, "Learning long-term dependencies with
 * gradient descent is difficult", 1994.
 */
export function growth(norms: readonly number[], options: GrowthOptions = {}): Growth {
  checkOptions("growth", options, ["threshold"]);
  const threshold = checkGrowthOptions("growth", options);
  if (!(norms instanceof Array) || norms.length < 2) fail("data", `growth(norms): needs two or more norms; got ${describeValue(norms)}.`);
  if (norms.some((each) => typeof each !== "number" || each < 0)) fail("data", `growth(norms): norms are numbers ≥ 0; got ${describeValue(norms)}.`);
  const [first, last] = [norms[0]!, norms[norms.length - 1]!];
  const steps = norms.length - 1;
  const total = last / first;
  const factor = total ** (1 / steps);
  const verdict = verdictOf(norms, total, threshold);
  return { factor, total, verdict, message: describe(verdict, factor, total, steps) };
}
