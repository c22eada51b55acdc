import type { Key } from "@opt/core";
import { fail, foldIn } from "@opt/core";
import { symmetricEigen } from "../dense-eigenvalues.ts";
import { combine, norm, orthogonalize, randomOrthogonal, scaled } from "../vectors.ts";

/** An approximate eigenpair: `vector = Σ coefficients[j] · vectors[j]` of the space. */
export interface RitzPair {
  readonly value: number;
  readonly coefficients: readonly number[];
  /** The norm of the residual as the recurrence estimates it, `β |last coefficient|`. */
  readonly estimate: number;
}

/** An orthonormal basis V of a growing space with the symmetric projection `T = Vᵀ H V`: the state of the Lanczos method. */
export class KrylovSpace {
  readonly vectors: Float64Array[] = [];
  readonly dimension: number;
  products = 0;
  readonly #where: string;
  readonly #product: (vector: Float64Array) => Float64Array;
  readonly #key: Key;
  /** Row i holds T[i][0 … i]. */
  #projection: number[][] = [];
  #next: Float64Array;
  #coupling = 0;
  #scale = 0;
  #randomDraws = 0;

  constructor(where: string, product: (vector: Float64Array) => Float64Array, dimension: number, key: Key) {
    this.dimension = dimension;
    this.#where = where;
    this.#product = product;
    this.#key = key;
    this.#next = this.#fresh();
  }

  get size(): number {
    return this.vectors.length;
  }

  #fresh(): Float64Array {
    return randomOrthogonal(foldIn(this.#key, this.#randomDraws++), this.dimension, this.vectors);
  }

  /** Takes one more vector in; false when its product is not finite. */
  grow(): boolean {
    const image = Float64Array.from(this.#product(this.#next));
    this.products++;
    if (image.length !== this.dimension) {
      fail("shape", `${this.#where}(product): must return a vector of ${String(this.dimension)} elements; got ${String(image.length)}.`);
    }
    const length = norm(image);
    if (!Number.isFinite(length)) return false;
    this.#scale = Math.max(this.#scale, length);
    this.vectors.push(this.#next);
    // What a Gram–Schmidt step removes is a row of the projection, also for the coupling to vectors kept by a restart.
    this.#projection.push(orthogonalize(image, this.vectors));
    this.#coupling = norm(image);
    if (this.size === this.dimension) return true;
    if (this.#coupling <= this.dimension * Number.EPSILON * this.#scale) {
      // An invariant space: the rest of the spectrum lies in its complement.
      this.#coupling = 0;
      this.#next = this.#fresh();
    } else {
      this.#next = scaled(1 / this.#coupling, image);
    }
    return true;
  }

  /** The eigenpairs of the projection, in ascending order. */
  ritzPairs(): RitzPair[] {
    const { size } = this;
    const projection = this.#projection;
    const { values, vectors } = symmetricEigen(size, (row, column) => projection[Math.max(row, column)]![Math.min(row, column)]!);
    const coupling = size === this.dimension ? 0 : this.#coupling;
    return values.map((value, index) => ({
      value,
      coefficients: vectors.getColumn(index),
      estimate: coupling * Math.abs(vectors.get(size - 1, index)),
    }));
  }

  /** Shrinks the space to some Ritz vectors, and goes on from where it was or from a fresh random vector. */
  restart(pairs: readonly RitzPair[], kept: readonly number[], then: "continue" | "fresh"): void {
    const chosen = kept.map((index) => pairs[index]!);
    const vectors = chosen.map(({ coefficients }) => combine(coefficients, this.vectors, this.dimension));
    this.vectors.splice(0, this.vectors.length, ...vectors);
    this.#projection = chosen.map(({ value }, row) => chosen.slice(0, row + 1).map((_, column) => (column === row ? value : 0)));
    if (then === "fresh") this.#next = this.#fresh();
  }
}
