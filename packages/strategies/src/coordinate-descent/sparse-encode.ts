import type { Tensor } from "@opt/core";
import { checkNumber, checkOptions, fail } from "@opt/core";
import type { Matrix, MatrixLike } from "./matrix.ts";
import { asTensor, innerProduct, multiply, readMatrix, transposed } from "./matrix.ts";
import { softThreshold } from "./soft-threshold.ts";

/** How well codes are to be computed. */
export interface EncodeAccuracy {
  /** Stop an example when its duality gap is at most this share of its squared norm. */
  readonly tolerance: number;
  readonly maxSweeps: number;
}

/**
 * The gap of one example between `½‖x − hW‖² + λ‖h‖₁` and its dual, from products with the dictionary alone: `gradient` is
 * `(x − hW) Wᵀ`, `correlation` is `x Wᵀ`.
 */
function codeGap(code: Float64Array, correlation: Float64Array, gradient: Float64Array, squaredNorm: number, penalty: number): number {
  let [fit, explained, absolute, largest] = [0, 0, 0, 0];
  for (let index = 0; index < code.length; index++) {
    fit += code[index]! * correlation[index]!;
    explained += code[index]! * (correlation[index]! - gradient[index]!);
    absolute += Math.abs(code[index]!);
    largest = Math.max(largest, Math.abs(gradient[index]!));
  }
  const squaredResidual = Math.max(0, squaredNorm - 2 * fit + explained);
  const scale = largest > penalty ? penalty / largest : 1;
  return 0.5 * squaredResidual * (1 + scale * scale) + penalty * absolute - scale * (squaredNorm - fit);
}

/**
 * Improves one example's code in place by exact steps along its single activations.
 *
 * @returns Whether the gap became small enough.
 */
function encodeExample(code: Float64Array, correlation: Float64Array, gram: Matrix, squaredNorm: number, penalty: number, accuracy: EncodeAccuracy): boolean {
  const size = code.length;
  const gradient = correlation.slice();
  for (let index = 0; index < size; index++) {
    const activation = code[index]!;
    if (activation === 0) continue;
    for (let other = 0; other < size; other++) gradient[other]! -= activation * gram.elements[index * size + other]!;
  }
  for (let sweep = 0; sweep < accuracy.maxSweeps; sweep++) {
    for (let index = 0; index < size; index++) {
      const squared = gram.elements[index * size + index]!;
      if (squared === 0) continue;
      const before = code[index]!;
      const after = softThreshold(gradient[index]! + squared * before, penalty) / squared;
      const change = after - before;
      if (change === 0) continue;
      code[index] = after;
      for (let other = 0; other < size; other++) gradient[other]! -= change * gram.elements[index * size + other]!;
    }
    if (codeGap(code, correlation, gradient, squaredNorm, penalty) <= accuracy.tolerance * squaredNorm) return true;
  }
  return false;
}

/**
 * Improves all codes in place: the convex half of sparse coding in which the dictionary is fixed. `penalty` is λ of
 * `½‖x − hW‖² + λ‖h‖₁`.
 *
 * @returns For how many examples the gap is still too large.
 */
export function encodeRows(codes: Matrix, data: Matrix, dictionary: Matrix, penalty: number, accuracy: EncodeAccuracy): number {
  const dual = transposed(dictionary);
  const gram = multiply(dictionary, dual);
  const correlations = multiply(data, dual);
  const size = dictionary.rows;
  let unfinished = 0;
  for (let row = 0; row < data.rows; row++) {
    const example = data.elements.subarray(row * data.columns, (row + 1) * data.columns);
    const [first, end] = [row * size, (row + 1) * size];
    const done = encodeExample(codes.elements.subarray(first, end), correlations.elements.subarray(first, end), gram, innerProduct(example, example), penalty, accuracy);
    if (!done) unfinished++;
  }
  return unfinished;
}

/** `λ Σ|H| + Σ(X − HW)²`. */
export function codingObjective(codes: Matrix, dictionary: Matrix, data: Matrix, penalty: number): number {
  const reconstruction = multiply(codes, dictionary).elements;
  const error = data.elements.reduce((total, value, index) => total + (value - reconstruction[index]!) ** 2, 0);
  return penalty * codes.elements.reduce((total, value) => total + Math.abs(value), 0) + error;
}

/** Options of {@link sparseEncode}. */
export interface SparseEncodeOptions {
  /** The examples X, [n, d]. */
  readonly data: MatrixLike;
  /** The dictionary W, a row for each atom, [k, d]. */
  readonly dictionary: MatrixLike;
  /** The penalty λ > 0 of `λ Σ|H| + Σ(X − HW)²`. scikit-learn's `alpha` is λ / 2. */
  readonly penalty: number;
  /** Done with an example when its duality gap is at most this share of its squared norm; > 0. Default 1e-12. */
  readonly tolerance?: number;
  /** The largest number of sweeps over an example's activations; an integer ≥ 1. Default 10000. */
  readonly maxSweeps?: number;
}

/** The result of {@link sparseEncode}. */
export interface SparseEncodeResult {
  /** The codes H, f64 [n, k]; exactly 0 where the penalty wins. */
  readonly codes: Tensor;
  /** The objective `λ Σ|H| + Σ(X − HW)²`. */
  readonly value: number;
  /** `converged`, or `max-sweeps` for one example or more. */
  readonly status: "converged" | "max-sweeps";
  /** The status as a sentence, with what to try where something went wrong. */
  readonly message: string;
}

function describeEnd(examples: number, unfinished: number): string {
  if (unfinished === 0) return `converged for all ${examples} examples.`;
  return `the largest number of sweeps was reached for ${unfinished} of ${examples} examples. Allow more sweeps, or accept a larger tolerance.`;
}

/**
 * Encodes examples in a fixed dictionary: the codes H that minimize `λ Σ|H| + Σ(X − HW)²`, by coordinate descent in f64.
 *
 * @param options - See {@link SparseEncodeOptions}.
 * @returns The codes, the objective, and how it ended.
 * @throws OptError `option`, `shape` or `data` for bad options.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, equation 8.38, for fixed W.
 *
 * @example
 * ```ts
 * import { sparseEncode } from "@opt/strategies";
 *
 * const { codes } = sparseEncode({ data: [[3, 0.25]], dictionary: [[1, 0], [0, 1]], penalty: 1 });
 * codes.readSync(); // [2.5, 0]
 * ```
 */
export function sparseEncode(options: SparseEncodeOptions): SparseEncodeResult {
  checkOptions("sparseEncode", options, ["data", "dictionary", "penalty", "tolerance", "maxSweeps"]);
  const penalty = checkNumber("sparseEncode", "penalty", options.penalty, { above: 0 });
  const tolerance = checkNumber("sparseEncode", "tolerance", options.tolerance ?? 1e-12, { above: 0 });
  const maxSweeps = checkNumber("sparseEncode", "maxSweeps", options.maxSweeps ?? 10_000, { min: 1, integer: true });
  const data = readMatrix("sparseEncode", "data", options.data);
  const dictionary = readMatrix("sparseEncode", "dictionary", options.dictionary);
  if (dictionary.columns !== data.columns) fail("shape", `sparseEncode({ dictionary }): atoms must be as long as the examples, ${data.columns}; got ${dictionary.columns}.`);
  const codes: Matrix = { rows: data.rows, columns: dictionary.rows, elements: new Float64Array(data.rows * dictionary.rows) };
  const unfinished = encodeRows(codes, data, dictionary, penalty / 2, { tolerance, maxSweeps });
  return {
    codes: asTensor(codes),
    value: codingObjective(codes, dictionary, data, penalty),
    status: unfinished === 0 ? "converged" : "max-sweeps",
    message: describeEnd(data.rows, unfinished),
  };
}
