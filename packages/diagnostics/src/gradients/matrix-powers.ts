import type { Tensor } from "@opt/core";
import { checkNumber, checkOptions, compile, fromArray, matmul, sqrt } from "@opt/core";
import type { Growth, GrowthOptions } from "./growth.ts";
import { checkGrowthOptions, growth } from "./growth.ts";
import type { SpectralRadius } from "./spectral-radius.ts";
import { spectralRadius, squareElements } from "./spectral-radius.ts";

/** Options of {@link matrixPowers}. */
export interface MatrixPowersOptions extends GrowthOptions {
  /** The highest power T, an integer ≥ 1. Default 100. */
  readonly steps?: number;
}

/** How the powers of a matrix grow or decay. */
export interface MatrixPowers {
  /** For t = 0 … T `‖Wᵗ‖_F / √n`: by how much a vector of random direction is stretched, in the root mean square; 1 at t = 0. */
  readonly norms: readonly number[];
  /** The dominant eigenvalue, which rules in the long run; before that, a matrix that is not normal may do the opposite. */
  readonly spectralRadius: SpectralRadius;
  /** The growth of the norms. */
  readonly growth: Growth;
}

/**
 * What multiplying by the same matrix again and again does to a signal: the norms of `Wᵗ`, its dominant eigenvalue, and whether gradients
 * through so many steps vanish or explode. Every power takes a matrix product.
 *
 * @param weight - A square matrix [n, n], such as the recurrent weights.
 * @param options - The number of steps and the threshold of {@link growth}.
 * @returns The norms, the spectral radius and the growth.
 * @throws OptError `shape` for a matrix that is not square; `option` for bad options.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { matrixPowers } from "@opt/diagnostics";
 *
 * const { norms, growth } = matrixPowers(tensor([[0.5, 0], [0, 0.5]]), { steps: 20 });
 * norms.slice(0, 3); // [1, 0.5, 0.25]
 * growth.verdict; // "vanishing"
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.5 and equation 8.11.
 */
export function matrixPowers(weight: Tensor, options: MatrixPowersOptions = {}): MatrixPowers {
  checkOptions("matrixPowers", options, ["steps", "threshold"]);
  const { steps = 100, ...growthOptions } = options;
  checkNumber("matrixPowers", "steps", steps, { min: 1, integer: true });
  checkGrowthOptions("matrixPowers", growthOptions);
  const { elements, size } = squareElements("matrixPowers", weight);
  const matrix = fromArray(elements, [size, size]);
  const root = Math.sqrt(size);
  // Each power is scaled to one size and the sizes are added up as logarithms, so that no power overflows or vanishes on the way.
  const next = compile((power: { readonly scaled: Tensor }, by: Tensor) => {
    const product = matmul(power.scaled, by);
    const norm = sqrt(product.mul(product).sum()).div(root);
    return [{ scaled: product.div(norm) }, norm] as const;
  });
  let power = { scaled: fromArray(Float64Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0)), [size, size]) };
  let logarithm = 0;
  const norms = [1];
  while (norms.length <= steps) {
    const [scaled, norm] = next(power, matrix);
    const stretch = norm.item();
    logarithm += Math.log(stretch);
    norms.push(Math.exp(logarithm));
    // A power that is zero or not finite stays so.
    if (stretch === 0 || !Number.isFinite(stretch)) norms.push(...Array.from({ length: steps + 1 - norms.length }, () => stretch));
    power = scaled;
  }
  return { norms, spectralRadius: spectralRadius(weight), growth: growth(norms, growthOptions) };
}
