import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import type { Schedule } from "@opt/core";

/** Options of {@link piecewiseConstant}. */
export interface PiecewiseConstantOptions {
  /** The steps at which the value changes; integers ≥ 1 that rise. */
  readonly boundaries: readonly number[];
  /** The values: one before the first boundary and one from each boundary on. */
  readonly values: readonly number[];
}

/**
 * A value that jumps at given steps: `ε(k) = valuesᵢ` with i the number of boundaries ≤ k.
 *
 * @param options - See {@link PiecewiseConstantOptions}.
 * @returns The schedule.
 * @throws OptError `option` when the boundaries do not rise or the numbers of values and boundaries do not fit.
 * @see PyTorch's `MultiStepLR` and optax's `piecewise_constant_schedule`, which take factors instead of values.
 *
 * @example
 * ```ts
 * import { piecewiseConstant } from "@opt/schedules";
 *
 * const learningRate = piecewiseConstant({ boundaries: [100, 200], values: [0.1, 0.01, 0.001] });
 * learningRate(100); // 0.01
 * ```
 */
export function piecewiseConstant(options: PiecewiseConstantOptions): Schedule {
  checkOptions("piecewiseConstant", options, ["boundaries", "values"]);
  for (const [name, list] of [["boundaries", options.boundaries], ["values", options.values]] as const) {
    if (!Array.isArray(list)) fail("option", `piecewiseConstant({ ${name} }): must be a list of numbers; got ${describeValue(list)}.`);
  }
  const boundaries = [...options.boundaries];
  const values = options.values.map((value, index) => checkNumber("piecewiseConstant", `values[${index}]`, value));
  boundaries.forEach((boundary, index) => {
    checkNumber("piecewiseConstant", `boundaries[${index}]`, boundary, { above: boundaries[index - 1] ?? 0, integer: true });
  });
  if (values.length !== boundaries.length + 1) {
    fail("option", `piecewiseConstant({ values }): must be ${boundaries.length + 1} values for ${boundaries.length} boundaries; got ${values.length}.`);
  }
  return (step) => values[boundaries.findLastIndex((boundary) => step >= boundary) + 1]!;
}
