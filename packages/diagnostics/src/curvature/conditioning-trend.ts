import { describeValue, fail } from "@opt/core";
import { short } from "../numbers.ts";
import type { GradientCurvature } from "./gradient-curvature.ts";

/** How gradient and curvature changed during training. */
export interface ConditioningTrend {
  /** The last `gᵀg` over the first. */
  readonly gradientGrowth: number;
  /** The last `gᵀHg` over the first; NaN where one of them is not positive. */
  readonly curvatureGrowth: number;
  /** The smallest and the last `gᵀg / gᵀHg`: how far the useful step shrank. */
  readonly largestUsefulStep: { readonly smallest: number; readonly last: number };
  /** `ill-conditioning`: the curvature grew more than tenfold while the gradient did not shrink tenfold. */
  readonly verdict: "ill-conditioning" | "none";
  /** The verdict as a sentence. */
  readonly message: string;
}

/**
 * Looks for the sign of ill-conditioning that the book names: `gᵀHg` grows by more than an order of magnitude during training, while
 * `gᵀg` does not shrink significantly.
 *
 * @param records - What {@link curvatureMonitor} recorded, or a list of {@link gradientCurvature} reports, in order; two or more.
 * @returns The growth of both, and the verdict.
 * @throws OptError `data` for fewer than two records.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { conditioningTrend, gradientCurvature } from "@opt/diagnostics";
 *
 * const curvature = gradientCurvature((x: Tensor) => x.pow(4).sum(), { learningRate: 0.01 });
 * const { curvatureGrowth } = conditioningTrend([curvature(tensor([1])), curvature(tensor([0.5]))]);
 * curvatureGrowth; // 0.003906
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.1 and figure 8.1.
 */
export function conditioningTrend(records: readonly GradientCurvature[]): ConditioningTrend {
  if (!(records instanceof Array) || records.length < 2) fail("data", `conditioningTrend(records): needs two or more records; got ${records instanceof Array ? String(records.length) : describeValue(records)}.`);
  const [first, last] = [records[0]!, records[records.length - 1]!];
  const gradientGrowth = last.squaredGradientNorm / first.squaredGradientNorm;
  const curvatureGrowth = last.curvature > 0 && first.curvature > 0 ? last.curvature / first.curvature : Number.NaN;
  const verdict = curvatureGrowth > 10 && gradientGrowth > 0.1 ? "ill-conditioning" : "none";
  const both = `gᵀHg changed by a factor of ${short(curvatureGrowth)} and gᵀg by ${short(gradientGrowth)}`;
  return {
    gradientGrowth,
    curvatureGrowth,
    largestUsefulStep: { smallest: Math.min(...records.map(({ largestUsefulStep }) => largestUsefulStep)), last: last.largestUsefulStep },
    verdict,
    message: verdict === "none" ? `${both}.` : `${both}: the gradient is strong, but the curvature lets it be used in small steps only.`,
  };
}
