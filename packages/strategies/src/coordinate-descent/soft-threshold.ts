/**
 * Soft thresholding: `S(a, λ) = sign(a) · max(|a| − λ, 0)`, the minimum over x of `½(x − a)² + λ|x|`.
 *
 * @param value - The value a.
 * @param threshold - The threshold λ ≥ 0.
 * @returns The value drawn towards 0 by λ, exactly 0 within λ of it.
 * @see Donoho, "De-noising by soft-thresholding", 1995.
 *
 * @example
 * ```ts
 * import { softThreshold } from "@opt/strategies";
 *
 * softThreshold(3, 1); // 2
 * softThreshold(-0.5, 1); // 0
 * ```
 */
export function softThreshold(value: number, threshold: number): number {
  if (value > threshold) return value - threshold;
  return value < -threshold ? value + threshold : 0;
}
