import type { Key } from "@opt/core";
import { hostRandomNormal } from "@opt/core";

/** The inner product `aᵀb`. */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** The Euclidean norm `‖x‖₂`. */
export function norm(x: Float64Array): number {
  return Math.sqrt(dot(x, x));
}

/** `y ← y + factor · x`, in place. */
export function addScaled(y: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + factor * x[i]!;
}

/** `factor · x`, as a new vector. */
export function scaled(factor: number, x: Float64Array): Float64Array {
  return x.map((element) => factor * element);
}

/** `vectorsᵀ w`. Four products at once load w once, which halves the time. */
function dots(vectors: readonly Float64Array[], w: Float64Array): number[] {
  const [a, b, c, d] = vectors;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return vectors.map((vector) => dot(vector, w));
  let [onA, onB, onC, onD] = [0, 0, 0, 0];
  for (let i = 0; i < w.length; i++) {
    const element = w[i]!;
    onA += a[i]! * element;
    onB += b[i]! * element;
    onC += c[i]! * element;
    onD += d[i]! * element;
  }
  return [onA, onB, onC, onD];
}

/** `y ← y + Σ factors[j] · vectors[j]`, in place, for up to four vectors. */
function addFour(y: Float64Array, factors: readonly number[], vectors: readonly Float64Array[]): void {
  const [a, b, c, d] = vectors;
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    vectors.forEach((vector, index) => addScaled(y, factors[index]!, vector));
    return;
  }
  const [byA, byB, byC, byD] = [factors[0]!, factors[1]!, factors[2]!, factors[3]!];
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + byA * a[i]! + byB * b[i]! + byC * c[i]! + byD * d[i]!;
}

/** `Σ coefficients[j] · vectors[j]`, as a new vector. */
export function combine(coefficients: readonly number[], vectors: readonly Float64Array[], length: number): Float64Array {
  const total = new Float64Array(length);
  for (let first = 0; first < vectors.length; first += 4) addFour(total, coefficients.slice(first, first + 4), vectors.slice(first, first + 4));
  return total;
}

/** `‖product − value · vector‖₂`: how far a pair is from an eigenpair. */
export function eigenResidual(product: Float64Array, value: number, vector: Float64Array): number {
  const difference = Float64Array.from(product);
  addScaled(difference, -value, vector);
  return norm(difference);
}

/**
 * Takes the components along orthonormal vectors out of w, in place, and returns them: `cⱼ = vⱼᵀw`, `w ← w − Σ cⱼ vⱼ`.
 *
 * Always in two passes: one leaves rounding errors of the size of what it removed, and these would grow from vector to vector (Parlett, The
 * symmetric eigenvalue problem, section 6.9: "twice is enough").
 */
export function orthogonalize(w: Float64Array, vectors: readonly Float64Array[]): number[] {
  const coefficients = vectors.map(() => 0);
  for (let pass = 0; pass < 2; pass++) {
    for (let first = 0; first < vectors.length; first += 4) {
      const block = vectors.slice(first, first + 4);
      const components = dots(block, w);
      components.forEach((component, index) => (coefficients[first + index] = coefficients[first + index]! + component));
      addFour(w, components.map((component) => -component), block);
    }
  }
  return coefficients;
}

/** A random unit vector orthogonal to orthonormal vectors, which must not span the whole space. */
export function randomOrthogonal(randomKey: Key, length: number, vectors: readonly Float64Array[]): Float64Array {
  const vector = hostRandomNormal(randomKey, length);
  orthogonalize(vector, vectors);
  return scaled(1 / norm(vector), vector);
}
