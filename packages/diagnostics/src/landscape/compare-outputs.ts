import type { Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, compile, fail } from "@opt/core";
import { checkFunction, checkParams } from "../checks.ts";
import { short } from "../numbers.ts";

/** Options of {@link compareOutputs}. */
export interface CompareOutputsOptions {
  /** The largest relative difference that counts as rounding, ≥ 0. Default 1e-5 for f32 outputs, 1e-12 for f64. */
  readonly tolerance?: number;
}

/** How far what a function computes at two points is apart. */
export interface OutputComparison {
  /** Whether the relative difference is within the tolerance. */
  readonly unchanged: boolean;
  /** `max |y − y′|` over all outputs. */
  readonly largestDifference: number;
  /** The same over `max |y|`; 0 where both are 0. */
  readonly relativeDifference: number;
  /** The comparison as a sentence. */
  readonly message: string;
}

/** The largest size of an element, NaN if there is one. */
function largest(elements: readonly number[]): number {
  return elements.reduce((most, element) => (Number.isNaN(element) ? Number.NaN : Math.max(most, Math.abs(element))), 0);
}

/**
 * Proves a symmetry of weight space on data: computes a loss, or a model's outputs, at two points and says by how much they differ.
 *
 * @param fn - A function `(params, ...rest)` that returns a tensor of any shape; it is compiled once.
 * @param options - What counts as rounding. See {@link CompareOutputsOptions}.
 * @returns A function of `(a, b, ...rest)`, two trees of parameters, that returns the {@link OutputComparison}.
 * @throws OptError `option` for bad options; `shape` when the outputs have different shapes.
 *
 * @example
 * ```ts
 * import { key, tensor } from "@opt/core";
 * import { compareOutputs, permuteUnits } from "@opt/diagnostics";
 * import { mlp } from "@opt/nn";
 *
 * const model = mlp({ sizes: [2, 4, 1] });
 * const params = model.init(key(1));
 * const { unchanged } = compareOutputs(model.apply)(params, permuteUnits(params, 0, [3, 1, 0, 2]), tensor([[1, 2], [3, 4]]));
 * unchanged; // true
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.2.
 */
export function compareOutputs<P extends TensorTree, Rest extends readonly unknown[]>(
  fn: (params: P, ...rest: Rest) => Tensor,
  options: CompareOutputsOptions = {},
): (a: P, b: P, ...rest: Rest) => OutputComparison {
  checkFunction("compareOutputs", "fn", fn, "(params, ...rest) => tensor");
  checkOptions("compareOutputs", options, ["tolerance"]);
  checkNumber("compareOutputs", "tolerance", options.tolerance ?? 0, { min: 0 });
  const outputsOf = compile(fn, { donate: [] });
  return (a, b, ...rest) => {
    checkParams("compareOutputs", "a", a);
    checkParams("compareOutputs", "b", b);
    const [first, second] = [outputsOf(a, ...rest), outputsOf(b, ...rest)];
    if (first.shape.join() !== second.shape.join()) fail("shape", `compareOutputs: both points must give outputs of one shape; got ${first.toString()} and ${second.toString()}.`);
    const { tolerance = first.dtype === "f64" ? 1e-12 : 1e-5 } = options;
    const [before, after] = [Array.from(first.readSync()), Array.from(second.readSync())];
    const largestDifference = largest(before.map((value, index) => value - after[index]!));
    const relativeDifference = largestDifference === 0 ? 0 : largestDifference / largest(before);
    const unchanged = relativeDifference <= tolerance;
    return {
      unchanged,
      largestDifference,
      relativeDifference,
      message: `${unchanged ? "unchanged" : "changed"}: outputs differ by ${short(largestDifference)} at most, ${short(relativeDifference)} of the largest; up to ${short(tolerance)} counts as rounding.`,
    };
  };
}
