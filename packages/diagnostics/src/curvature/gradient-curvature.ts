import type { Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, compile, hvp, treeDot, treeMap, valueAndGrad } from "@opt/core";
import { checkFunction, checkParams } from "../checks.ts";
import { short } from "../numbers.ts";

/** Options of {@link gradientCurvature}. */
export interface GradientCurvatureOptions {
  /** The step length ε along the negative gradient, > 0. */
  readonly learningRate: number;
}

/**
 * What a step along the gradient meets: `healthy`: the step is no longer than the best one; `overshooting`: it goes past the minimum along
 * the gradient and still descends; `ill-conditioned`: the curvature costs more than the slope gains, so the loss is predicted to rise;
 * `negative-curvature`: the loss curves down along the gradient, and no step is too long for the quadratic model; `flat`: the
 * gradient is zero; `non-finite`: something is infinite or NaN.
 */
export type CurvatureVerdict = "healthy" | "overshooting" | "ill-conditioned" | "negative-curvature" | "flat" | "non-finite";

/** The curvature along the gradient, and what it makes of a step. */
export interface GradientCurvature {
  /** The loss L(θ). */
  readonly loss: number;
  /** `gᵀg`: how fast the loss falls along the gradient. */
  readonly squaredGradientNorm: number;
  /** `gᵀHg`: how fast it curves up again. */
  readonly curvature: number;
  /** The step length ε that was asked about. */
  readonly learningRate: number;
  /** `½ ε² gᵀHg − ε gᵀg`: the change of the loss to second order. */
  readonly predictedChange: number;
  /** `L(θ − εg) − L(θ)`, in the arithmetic of the loss. */
  readonly measuredChange: number;
  /** `gᵀg / gᵀHg`: the step length that the quadratic model likes best; infinite where the curvature is not positive. */
  readonly largestUsefulStep: number;
  readonly verdict: CurvatureVerdict;
  /** The verdict as a sentence, with what to try. */
  readonly message: string;
}

function verdictOf(squaredGradientNorm: number, curvature: number, learningRate: number, finite: boolean): CurvatureVerdict {
  if (!finite) return "non-finite";
  if (squaredGradientNorm === 0) return "flat";
  if (curvature <= 0) return "negative-curvature";
  if (learningRate * curvature <= squaredGradientNorm) return "healthy";
  return learningRate * curvature <= 2 * squaredGradientNorm ? "overshooting" : "ill-conditioned";
}

function describe(verdict: CurvatureVerdict, learningRate: number, best: number): string {
  const step = `a step of ${short(learningRate)} along the gradient`;
  switch (verdict) {
    case "healthy":
      return `${step} is ${short(learningRate / best)} of the best one, ${short(best)}.`;
    case "overshooting":
      return `${step} goes past the minimum on its way, at ${short(best)}, and gains less than that would. Try a learning rate of at most ${short(best)}.`;
    case "ill-conditioned":
      return `${step} is predicted to raise the loss: above ${short(2 * best)} the curvature costs more than the slope gains. Try a learning rate of at most ${short(best)}, momentum, or a method that scales by curvature.`;
    case "negative-curvature":
      return `the loss curves down along the gradient, so ${step} gains more than its slope says.`;
    case "flat":
      return "the gradient is zero: this is a critical point. Ask criticalPoint which kind it is.";
    case "non-finite":
      return "the loss, the gradient or the curvature is infinite or NaN. Look at the parameters, the data and the learning rate.";
  }
}

/** @internal */
export type CurvatureProbe<P extends TensorTree, Rest extends readonly unknown[]> = (learningRate: number, params: P, ...rest: Rest) => GradientCurvature;

/** Compiles the four numbers of a step for any step length. */
export function curvatureProbe<P extends TensorTree, Rest extends readonly unknown[]>(where: string, loss: (params: P, ...rest: Rest) => Tensor): CurvatureProbe<P, Rest> {
  const measure = compile(
    (learningRate: number, params: P, ...rest: Rest): Tensor[] => {
      const [value, gradient] = valueAndGrad(loss)(params, ...rest);
      const curvature = treeDot(gradient, hvp(loss)(params, gradient, ...rest));
      const ahead = treeMap((param, slope) => param.sub(slope.mul(learningRate)), params, gradient);
      return [value, treeDot(gradient, gradient), curvature, loss(ahead, ...rest).sub(value)];
    },
    { donate: [] },
  );
  return (learningRate, params, ...rest) => {
    checkParams(where, "params", params);
    const [value = Number.NaN, squaredGradientNorm = Number.NaN, curvature = Number.NaN, measuredChange = Number.NaN] = measure(learningRate, params, ...rest).map((each) => each.item());
    const finite = [value, squaredGradientNorm, curvature].every(Number.isFinite);
    const verdict = verdictOf(squaredGradientNorm, curvature, learningRate, finite);
    const largestUsefulStep = curvature > 0 ? squaredGradientNorm / curvature : Number.isNaN(curvature) ? Number.NaN : Number.POSITIVE_INFINITY;
    return {
      loss: value,
      squaredGradientNorm,
      curvature,
      learningRate,
      predictedChange: 0.5 * learningRate ** 2 * curvature - learningRate * squaredGradientNorm,
      measuredChange,
      largestUsefulStep,
      verdict,
      message: describe(verdict, learningRate, largestUsefulStep),
    };
  };
}

/**
 * The curvature along the gradient, `gᵀHg`, beside `gᵀg`: what a gradient step of length ε is predicted to change,
 * `½ ε² gᵀHg − ε gᵀg`, what it does change, and whether the loss is ill-conditioned for it.
 *
 * The step lowers the quadratic model as long as `ε < 2 gᵀg / gᵀHg`, and most at half of that. Training with an `ill-conditioned`
 * verdict becomes slow although the gradient is large, because the learning rate must shrink against the curvature.
 *
 * @param loss - A function `(params, ...rest)` that returns a rank-0 tensor; it is compiled once, with its gradient, one
 * Hessian-vector product and the measured step.
 * @param options - The step length. See {@link GradientCurvatureOptions}.
 * @returns A function of `(params, ...rest)` that returns the {@link GradientCurvature}.
 * @throws OptError `option` for bad options; the function throws `dtype` or `tree` for parameters that are not of one floating-point
 * dtype.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { gradientCurvature } from "@opt/diagnostics";
 *
 * const bowl = (x: Tensor) => x.mul(x).mul(tensor([1, 10])).sum().mul(0.5);
 * const report = gradientCurvature(bowl, { learningRate: 0.25 })(tensor([1, 1]));
 * report.squaredGradientNorm; // 101
 * report.curvature; // 1001
 * report.predictedChange; // 6.03125
 * report.largestUsefulStep; // 0.1009
 * report.verdict; // "ill-conditioned"
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, section 8.2.1 and equation 8.10.
 */
export function gradientCurvature<P extends TensorTree, Rest extends readonly unknown[]>(
  loss: (params: P, ...rest: Rest) => Tensor,
  options: GradientCurvatureOptions,
): (params: P, ...rest: Rest) => GradientCurvature {
  checkFunction("gradientCurvature", "loss", loss, "(params, ...rest) => tensor");
  checkOptions("gradientCurvature", options, ["learningRate"]);
  const learningRate = checkNumber("gradientCurvature", "learningRate", options?.learningRate, { above: 0 });
  const probe = curvatureProbe("gradientCurvature", loss);
  return (params, ...rest) => probe(learningRate, params, ...rest);
}
