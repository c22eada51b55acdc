import type { Key, Tensor } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail, foldIn, key as keyOf, Tensor as TensorClass } from "@opt/core";
import { short } from "../numbers.ts";
import { addScaled, dot, eigenResidual, norm, orthogonalize, randomOrthogonal, scaled } from "../vectors.ts";

/** Options of {@link spectralRadius}. */
export interface SpectralRadiusOptions {
  /** The largest residual relative to ‖W‖, > 0. Default 1e-10. */
  readonly tolerance?: number;
  /** The most iterations, each two products with W, an integer ≥ 1. Default 1000. */
  readonly maxSteps?: number;
  /** Where the random start comes from. Default `key(0)`. */
  readonly key?: Key;
}

/** The dominant eigenvalue of a matrix. */
export interface SpectralRadius {
  /** `max |λ|`: the factor by which `Wᵗ` grows or decays for each step in the long run. */
  readonly radius: number;
  /** The dominant eigenvalue; of a conjugate pair the one with positive imaginary part; undefined where the iteration did not settle. */
  readonly eigenvalue: { readonly real: number; readonly imaginary: number } | undefined;
  /** How far the vectors found are from spanning an invariant space: `‖WQ − QH‖`. */
  readonly residual: number;
  /** How many iterations it took. */
  readonly steps: number;
  /** `max-steps`: several eigenvalues of about one size, or a defective one, keep the iteration from settling; the radius is an estimate. */
  readonly status: "converged" | "max-steps" | "non-finite";
  /** The status as a sentence. */
  readonly message: string;
}

/** A dominant eigenvalue of a 2 × 2 matrix: of equal sizes the positive one, of a pair the upper one. */
function dominant(a: number, b: number, c: number, d: number): { real: number; imaginary: number } {
  const center = (a + d) / 2;
  const discriminant = ((a - d) / 2) ** 2 + b * c;
  const rounding = Number.EPSILON * (Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d));
  if (discriminant < -(rounding ** 2)) return { real: center, imaginary: Math.sqrt(-discriminant) };
  const root = Math.sqrt(Math.max(0, discriminant));
  return { real: center >= 0 ? center + root : center - root, imaginary: 0 };
}

/** Checks a square matrix and gives its elements, row by row. */
export function squareElements(where: string, weight: Tensor): { elements: Float64Array; size: number } {
  if (!(weight instanceof TensorClass)) return fail("tree", `${where}(weight): must be a tensor; got ${describeValue(weight)}.`);
  const [size = 0, columns] = weight.shape;
  if (weight.rank !== 2 || size !== columns || size === 0) fail("shape", `${where}(weight): must be a square matrix [n, n]; got ${weight.toString()}.`);
  return { elements: Float64Array.from(weight.readSync()), size };
}

function multiply(elements: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return Float64Array.from({ length: n }, (_, row) => dot(elements.subarray(row * n, (row + 1) * n), vector));
}

/**
 * The dominant eigenvalue of a square matrix by the power method, on two vectors at once, so that complex pairs and eigenvalues of opposite
 * signs are found too: `Z = W Q`, `H = QᵀZ`, `Q ← orth(Z)`.
 *
 * After t steps `Wᵗ = V diag(λ)ᵗ V⁻¹`, so components along the dominant eigenvector win: gradients through time explode when the radius is above 1
 * and vanish when it is below.
 *
 * @param weight - A square matrix [n, n], such as the recurrent weights.
 * @param options - Tolerance, number of iterations and key. See {@link SpectralRadiusOptions}.
 * @returns The radius, the eigenvalue, its residual, the status and a message.
 * @throws OptError `shape` for a matrix that is not square; `option` for bad options.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { spectralRadius } from "@opt/diagnostics";
 *
 * const turn = tensor([[0.6, -0.8], [0.8, 0.6]], { dtype: "f64" });
 * const { radius, eigenvalue } = spectralRadius(turn);
 * radius; // 1
 * eigenvalue?.real ?? 0; // 0.6
 * eigenvalue?.imaginary ?? 0; // 0.8
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.5 and equation 8.11; von Mises and Pollaczek-Geiringer, 1929; Golub and Van Loan,
 * Matrix computations, section 7.3.
 */
export function spectralRadius(weight: Tensor, options: SpectralRadiusOptions = {}): SpectralRadius {
  checkOptions("spectralRadius", options, ["tolerance", "maxSteps", "key"]);
  const { key = keyOf(0) } = options;
  const tolerance = checkNumber("spectralRadius", "tolerance", options.tolerance ?? 1e-10, { above: 0 });
  const maxSteps = checkNumber("spectralRadius", "maxSteps", options.maxSteps ?? 1000, { min: 1, integer: true });
  const { elements, size } = squareElements("spectralRadius", weight);
  const scale = norm(elements);
  if (!Number.isFinite(scale)) {
    return { radius: Number.NaN, eigenvalue: undefined, residual: Number.NaN, steps: 0, status: "non-finite", message: "the matrix holds infinite or NaN elements, or its norm overflows." };
  }
  const converged = (eigenvalue: { real: number; imaginary: number }, residual: number, steps: number): SpectralRadius => {
    const radius = Math.hypot(eigenvalue.real, eigenvalue.imaginary);
    const what = eigenvalue.imaginary === 0 ? `the dominant eigenvalue is ${short(eigenvalue.real)}` : `the dominant eigenvalues are ${short(eigenvalue.real)} ± ${short(eigenvalue.imaginary)}i, of size ${short(radius)}`;
    return { radius, eigenvalue, residual, steps, status: "converged", message: `converged: ${what}.` };
  };
  const only = Float64Array.of(1);
  if (size === 1) return converged({ real: elements[0]!, imaginary: 0 }, eigenResidual(elements, elements[0]!, only), 1);

  let first = randomOrthogonal(foldIn(key, 0), size, []);
  let second = randomOrthogonal(foldIn(key, 1), size, [first]);
  let draws = 2;
  let residual = Number.NaN;
  let lateGrowth = 0;
  for (let step = 1; step <= maxSteps; step++) {
    const [z1, z2] = [multiply(elements, first), multiply(elements, second)];
    const [h11, h12, h21, h22] = [dot(first, z1), dot(first, z2), dot(second, z1), dot(second, z2)];
    const [r1, r2] = [Float64Array.from(z1), Float64Array.from(z2)];
    addScaled(r1, -h11, first);
    const alone = norm(r1);
    addScaled(r1, -h21, second);
    addScaled(r2, -h12, first);
    addScaled(r2, -h22, second);
    const together = Math.hypot(norm(r1), norm(r2));
    residual = Math.min(alone, together);
    if (together <= tolerance * scale) return converged(dominant(h11, h12, h21, h22), together, step);
    if (alone <= tolerance * scale) return converged({ real: h11, imaginary: 0 }, alone, step);
    const length = norm(z1);
    if (step > maxSteps / 2) lateGrowth += Math.log(length);
    first = scaled(1 / length, z1);
    orthogonalize(z2, [first]);
    const rest = norm(z2);
    second = rest > Number.EPSILON * scale ? scaled(1 / rest, z2) : randomOrthogonal(foldIn(key, draws++), size, [first]);
  }
  const radius = Math.exp(lateGrowth / (maxSteps - Math.floor(maxSteps / 2)));
  return {
    radius,
    eigenvalue: undefined,
    residual,
    steps: maxSteps,
    status: "max-steps",
    message: `not settled after ${String(maxSteps)} steps: several eigenvalues have about the same size. The radius ${short(radius)} is the mean growth over the last half of them. Raise maxSteps.`,
  };
}
