import type { Key, Tensor } from "@opt/core";
import { checkNumber, checkOptions, fail } from "@opt/core";
import { checkChoice } from "../check.ts";
import { fitAtoms } from "./dictionary.ts";
import { initialAtoms } from "./initial-atoms.ts";
import type { Matrix, MatrixLike } from "./matrix.ts";
import { asTensor, innerProduct, readMatrix } from "./matrix.ts";
import { codingObjective, encodeRows } from "./sparse-encode.ts";

/** Options of {@link sparseCoding}. */
export interface SparseCodingOptions {
  /** The examples X, a row for each, [n, d]. */
  readonly data: MatrixLike;
  /** The number of atoms k, an integer ≥ 1, which begin as random examples; or `dictionary`. */
  readonly atoms?: number;
  /** The key of that choice; needed with `atoms`. */
  readonly key?: Key;
  /** The dictionary to begin with, [k, d]. */
  readonly dictionary?: MatrixLike;
  /** The codes to begin with, [n, k], with `dictionary`. Default 0. */
  readonly codes?: MatrixLike;
  /** The penalty λ > 0 on the activations. scikit-learn's `alpha` is λ / 2. */
  readonly penalty: number;
  /**
   * What keeps activations from shrinking while weights grow: `unit-ball`: atoms of norm at most 1; `weight-decay`: a term
   * `μ Σ W²`. Default `unit-ball`.
   */
  readonly constraint?: "unit-ball" | "weight-decay";
  /** μ > 0 of `weight-decay`. Default 1. */
  readonly weightDecay?: number;
  /** The largest number of rounds; an integer ≥ 1. Default 200. */
  readonly maxRounds?: number;
  /** Converged when a round lowers J by at most this share; ≥ 0. Default 1e-6. */
  readonly tolerance?: number;
}

/** Where a round ended. */
export interface SparseCodingRound {
  /** The number of rounds so far. */
  readonly round: number;
  /** J after the codes' half of the round. */
  readonly valueAfterCodes: number;
  /** J after the dictionary's half. */
  readonly value: number;
  /** The codes H, f64 [n, k]. */
  readonly codes: Tensor;
  /** The dictionary W, f64 [k, d]. */
  readonly dictionary: Tensor;
}

/** The result of {@link sparseCoding}. */
export interface SparseCodingResult {
  /** The codes H, f64 [n, k]. */
  readonly codes: Tensor;
  /** The dictionary W, f64 [k, d]. */
  readonly dictionary: Tensor;
  /** J at the end. */
  readonly value: number;
  /** J after every half round, from the first codes on; it never grows. */
  readonly history: readonly number[];
  /** The share of activations that are not 0. */
  readonly density: number;
  /** The number of rounds taken. */
  readonly rounds: number;
  /** `converged`, or `max-rounds`. */
  readonly status: "converged" | "max-rounds";
  /** The status as a sentence. */
  readonly message: string;
}

const optionNames = ["data", "atoms", "key", "dictionary", "codes", "penalty", "constraint", "weightDecay", "maxRounds", "tolerance"];

/** Reads the options and makes the matrices to begin with. */
function begin(options: SparseCodingOptions): { data: Matrix; dictionary: Matrix; codes: Matrix } {
  const { atoms, key } = options;
  const data = readMatrix("sparseCoding", "data", options.data);
  if ((atoms === undefined) === (options.dictionary === undefined)) {
    fail("option", `sparseCoding({ atoms, dictionary }): needs exactly one of them; got ${atoms === undefined ? "none" : "both"}.`);
  }
  if (options.codes !== undefined && options.dictionary === undefined) fail("option", "sparseCoding({ codes }): belong to a dictionary; give that as well.");
  const dictionary = options.dictionary === undefined ? initialAtoms(data, atoms, key) : readMatrix("sparseCoding", "dictionary", options.dictionary);
  if (dictionary.columns !== data.columns) fail("shape", `sparseCoding({ dictionary }): atoms must be as long as the examples, ${data.columns}; got ${dictionary.columns}.`);
  const codes = options.codes === undefined ? undefined : readMatrix("sparseCoding", "codes", options.codes);
  if (codes !== undefined && (codes.rows !== data.rows || codes.columns !== dictionary.rows)) {
    fail("shape", `sparseCoding({ codes }): must have shape [${data.rows}, ${dictionary.rows}]; got [${codes.rows}, ${codes.columns}].`);
  }
  return { data, dictionary, codes: codes ?? { rows: data.rows, columns: dictionary.rows, elements: new Float64Array(data.rows * dictionary.rows) } };
}

/**
 * The rounds of {@link sparseCoding} one by one, to watch or to stop early.
 *
 * @param options - See {@link SparseCodingOptions}.
 * @returns An iterator over the rounds; the value it returns at its end is the result of {@link sparseCoding}.
 * @throws OptError as {@link sparseCoding}.
 */
export function* sparseCodingRounds(options: SparseCodingOptions): Generator<SparseCodingRound, SparseCodingResult, undefined> {
  checkOptions("sparseCoding", options, optionNames);
  const penalty = checkNumber("sparseCoding", "penalty", options.penalty, { above: 0 });
  const constraint = checkChoice("sparseCoding", "constraint", options.constraint ?? "unit-ball", ["unit-ball", "weight-decay"]);
  if (constraint === "unit-ball" && options.weightDecay !== undefined) fail("option", 'sparseCoding({ weightDecay }): belongs to constraint: "weight-decay".');
  const weightDecay = constraint === "unit-ball" ? 0 : checkNumber("sparseCoding", "weightDecay", options.weightDecay ?? 1, { above: 0 });
  const maxRounds = checkNumber("sparseCoding", "maxRounds", options.maxRounds ?? 200, { min: 1, integer: true });
  const tolerance = checkNumber("sparseCoding", "tolerance", options.tolerance ?? 1e-6, { min: 0 });
  const { data, dictionary, codes } = begin(options);
  const measure = (): number => codingObjective(codes, dictionary, data, penalty) + weightDecay * innerProduct(dictionary.elements, dictionary.elements);
  const history: number[] = [];
  const finish = (rounds: number, status: SparseCodingResult["status"]): SparseCodingResult => ({
    codes: asTensor(codes),
    dictionary: asTensor(dictionary),
    value: history.at(-1) ?? measure(),
    history,
    density: codes.elements.filter((value) => value !== 0).length / codes.elements.length,
    rounds,
    status,
    message: status === "converged" ? `converged in ${rounds} rounds.` : `the largest number of rounds, ${rounds}, was reached. Allow more, or accept a larger tolerance.`,
  });
  for (let round = 1; round <= maxRounds; round++) {
    encodeRows(codes, data, dictionary, penalty / 2, { tolerance: 1e-10, maxSweeps: 10_000 });
    const valueAfterCodes = measure();
    fitAtoms(dictionary, codes, data, { norm: constraint === "unit-ball" ? 1 : Number.POSITIVE_INFINITY, weightDecay });
    const before = history.at(-1);
    const value = measure();
    history.push(valueAfterCodes, value);
    yield { round, valueAfterCodes, value, codes: asTensor(codes), dictionary: asTensor(dictionary) };
    if (before !== undefined && before - value <= tolerance * before) return finish(round, "converged");
  }
  return finish(maxRounds, "max-rounds");
}

/**
 * Sparse coding: a dictionary W and codes H of few non-zero activations with `X ≈ HW`, by minimizing
 * `J(H, W) = λ Σ|H| + Σ(X − HW)²`, with weight decay `+ μ ΣW²`.
 *
 * J is not convex in both together, but in each alone: the codes are lassos, the atoms least squares within the unit ball or
 * with weight decay. Solving one half after the other, J never grows. Plain numbers in f64.
 *
 * @param options - See {@link SparseCodingOptions}.
 * @returns Codes, dictionary, J after every half round, and how it ended.
 * @throws OptError `option`, `shape` or `data` for bad options.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, equation 8.38 (there with examples as columns and λ = 1); Olshausen
 * and Field, 1996; Mairal, Bach, Ponce and Sapiro, "Online learning for matrix factorization and sparse coding", 2010.
 *
 * @example
 * ```ts
 * import { key, randomNormal } from "@opt/core";
 * import { sparseCoding } from "@opt/strategies";
 *
 * const { codes, dictionary, history } = sparseCoding({ data: randomNormal(key(1), [50, 8]), atoms: 12, penalty: 1, key: key(2) });
 * codes.shape; // [50, 12]
 * dictionary.shape; // [12, 8]
 * ```
 */
export function sparseCoding(options: SparseCodingOptions): SparseCodingResult {
  const rounds = sparseCodingRounds(options);
  for (;;) {
    const { done, value } = rounds.next();
    if (done === true) return value;
  }
}
