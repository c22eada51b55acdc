import type { Key } from "@opt/core";
import { describeValue, fail, key as keyOf } from "@opt/core";
import { checkFunction } from "../checks.ts";
import { short } from "../numbers.ts";
import { combine, eigenResidual } from "../vectors.ts";
import type { RitzPair } from "./krylov-space.ts";
import { KrylovSpace } from "./krylov-space.ts";
import type { Eigenpair, Eigenvalues, EigenvaluesOptions } from "./protocols.ts";
import { checkEigenvaluesOptions } from "./protocols.ts";

/** What a search works with: the operator, how much is wanted, and how exactly. */
interface Search {
  readonly product: (vector: Float64Array) => Float64Array;
  readonly dimension: number;
  readonly largest: number;
  readonly smallest: number;
  readonly tolerance: number;
  readonly maxProducts: number;
  readonly basisSize: number;
  readonly key: Key;
}

/** How the search of a Krylov space ended. */
type Ending = "converged" | "max-products" | "non-finite";

/** The wanted ends of an ascending list; the two may overlap in a small space. */
function endsOf<Item>(ascending: readonly Item[], smallest: number, largest: number): { low: Item[]; high: Item[] } {
  return { low: ascending.slice(0, smallest), high: ascending.slice(Math.max(0, ascending.length - largest)).reverse() };
}

/** Whether the wanted ends are there, each as exact as it has to be. */
function haveConverged(pairs: readonly RitzPair[], smallest: number, largest: number, limit: number): boolean {
  const { low, high } = endsOf(pairs, smallest, largest);
  return low.length === smallest && high.length === largest && [...low, ...high].every(({ estimate }) => estimate <= limit);
}

/**
 * Grows a Krylov space until the wanted pairs have converged.
 *
 * A space grown from one vector holds one direction of each eigenspace, so a multiple eigenvalue would be found once. When several
 * are wanted, the search therefore goes on in the complement of what it found, from a fresh random vector, until the next pair
 * has converged there as well and changes nothing.
 */
function search(space: KrylovSpace, { dimension, largest, smallest, tolerance, maxProducts, basisSize }: Search): Ending {
  let found: readonly number[] | undefined;
  let nextCheck = 1;
  for (;;) {
    if (!space.grow()) return "non-finite";
    if (space.size === dimension) return "converged";
    const full = space.size === basisSize;
    const spent = space.products >= maxProducts;
    if (!full && !spent && space.size < nextCheck) continue;
    // The small eigenproblem takes a cubic time, so it is solved again when the space has grown by a fifth.
    nextCheck = Math.ceil(1.2 * space.size);
    const pairs = space.ritzPairs();
    const limit = tolerance * Math.max(...pairs.map(({ value }) => Math.abs(value)));
    const next = found === undefined ? 0 : 1;
    if (haveConverged(pairs, smallest && smallest + next, largest && largest + next, limit)) {
      const { low, high } = endsOf(pairs, smallest, largest);
      const values = [...low, ...high].map(({ value }) => value);
      const settled = smallest <= 1 && largest <= 1;
      if (settled || values.every((value, index) => Math.abs(value - (found?.[index] ?? Number.NaN)) <= limit)) return "converged";
      found = values;
      space.restart(pairs, keptEnds(pairs.length, smallest, largest), "fresh");
      nextCheck = space.size + 2;
    } else if (spent) {
      return "max-products";
    } else if (full) {
      // Keeping about half of the room beyond what is wanted is Wu and Simon's choice.
      const room = (basisSize - smallest - largest) / 2;
      const share = (count: number): number => count + Math.floor((room * count) / (smallest + largest));
      space.restart(pairs, keptEnds(pairs.length, share(smallest), share(largest)), "continue");
      nextCheck = space.size + 2;
    }
  }
}

/** The positions at both ends of `count` ascending values, each once. */
function keptEnds(count: number, smallest: number, largest: number): number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => index < smallest || index >= count - largest);
}

/** Measures the pairs that are handed out: the product costs little beside the search, and no estimate is as honest. */
function measured({ product }: Search, space: KrylovSpace, pairs: readonly RitzPair[], withVectors: boolean): Eigenpair<Float64Array>[] {
  return pairs.map(({ value, coefficients }) => {
    const vector = combine(coefficients, space.vectors, space.dimension);
    const residual = eigenResidual(product(vector), value, vector);
    return withVectors ? { value, residual, vector } : { value, residual };
  });
}

function describeEnding(ending: Ending, pairs: readonly Eigenpair<Float64Array>[], limit: number, { maxProducts, tolerance }: Search): Pick<Eigenvalues, "status" | "message"> {
  const worst = Math.max(0, ...pairs.map(({ residual }) => residual));
  if (ending === "non-finite") {
    return { status: "non-finite", message: "a product with the matrix holds an infinite or NaN element. Look at the parameters and the loss there." };
  }
  if (ending === "max-products") {
    return {
      status: "max-products",
      message: `stopped after ${String(maxProducts)} products; the largest residual is ${short(worst)}, asked for were ${short(limit)}. Raise maxProducts, basisSize or the tolerance.`,
    };
  }
  if (worst > limit) {
    return {
      status: "inexact",
      message: `the products are too inexact for the tolerance ${short(tolerance)}: the largest residual is ${short(worst)}, asked for were ${short(limit)}. Use f64 parameters and data, or a larger tolerance.`,
    };
  }
  return { status: "converged", message: `converged: every residual is within ${short(limit)}.` };
}

/**
 * The largest and smallest eigenvalues of a symmetric matrix that is known only by its products with vectors: the Lanczos method,
 * `H V = V T + β v eᵀ`, with full reorthogonalization and thick restarts.
 *
 * A pair counts as converged when its residual `‖Hv − λv‖₂` is at most `tolerance` times the largest |λ|; the error of the
 * eigenvalue is then never larger, and usually of the size of its square. Multiple eigenvalues are found as often as they
 * occur. Memory: `basisSize` vectors.
 *
 * @param product - Gives `H v`, a new vector; H must be symmetric.
 * @param dimension - The length of the vectors, ≥ 1.
 * @param options - How many, how exactly, and at what expense. See {@link EigenvaluesOptions}; `tolerance` is 1e-8 by default.
 * @returns The eigenvalues with measured residuals, the number of products, the status and a message.
 * @throws OptError `option` for bad options; `shape` for products of another length.
 *
 * @example
 * ```ts
 * import { lanczos } from "@opt/diagnostics";
 *
 * const diagonal = Float64Array.from([5, -2, 1, 3]);
 * const { largest, smallest } = lanczos((v) => v.map((element, index) => element * (diagonal[index] ?? 0)), 4, { largest: 2 });
 * largest.map(({ value }) => value); // [5, 3]
 * smallest.map(({ value }) => value); // [-2]
 * ```
 *
 * @see Lanczos, "An iteration method for the solution of the eigenvalue problem of linear differential and integral operators", 1950; Wu and
 * Simon, "Thick-restart Lanczos method for large symmetric eigenvalue problems", 2000; Parlett, The symmetric eigenvalue problem, chapter 13.
 */
export function lanczos(product: (vector: Float64Array) => Float64Array, dimension: number, options: EigenvaluesOptions = {}): Eigenvalues {
  checkFunction("lanczos", "product", product, "(vector) => vector");
  if (!Number.isInteger(dimension) || dimension < 1) fail("option", `lanczos(product, dimension): dimension must be an integer ≥ 1; got ${describeValue(dimension)}.`);
  return eigenvaluesOf("lanczos", product, dimension, options, 1e-8);
}

/** {@link lanczos} under another name and with another default tolerance. */
export function eigenvaluesOf(
  where: string,
  product: (vector: Float64Array) => Float64Array,
  dimension: number,
  options: EigenvaluesOptions,
  defaultTolerance: number,
): Eigenvalues {
  checkEigenvaluesOptions(where, options, dimension);
  const { largest = 1, smallest = 1, tolerance = defaultTolerance, maxProducts = 500, vectors = false, key = keyOf(0) } = options;
  const { basisSize = Math.max(40 + 2 * (largest + smallest), Math.min(200, Math.floor(2 ** 25 / dimension))) } = options;
  const settings: Search = { product, dimension, largest, smallest, tolerance, maxProducts, basisSize, key };
  const space = new KrylovSpace(where, product, dimension, key);
  const ending = search(space, settings);
  if (ending === "non-finite") return { largest: [], smallest: [], products: space.products, ...describeEnding(ending, [], 0, settings) };
  const ritz = space.ritzPairs();
  const limit = tolerance * Math.max(...ritz.map(({ value }) => Math.abs(value)));
  const ends = endsOf(ritz, smallest, largest);
  const high = measured(settings, space, ends.high, vectors);
  const low = measured(settings, space, ends.low, vectors);
  const products = space.products + high.length + low.length;
  return { largest: high, smallest: low, products, ...describeEnding(ending, [...high, ...low], limit, settings) };
}
