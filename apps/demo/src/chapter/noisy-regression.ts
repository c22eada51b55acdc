import type { Key, Tensor } from "@opt/core";
import { foldIn, randomNormal, splitKey, sqrt, square, tensor, zeros } from "@opt/core";

/**
 * Linear regression on a stream of examples, many runs at once: run r has the parameters θ_r and sees, at step k, one fresh
 * example `y = xᵀθ* + noise` with `x ~ N(0, diag(curvatures))`. The Hessian of the expected loss is then diag(curvatures).
 */
export interface NoisyRegression {
  readonly curvatures: readonly number[];
  readonly noise: number;
  /** θ = 0 for every run; the truth is θ* = (1, …, 1). */
  readonly start: Tensor;
  /** The losses of all runs together on their examples of a step. */
  readonly loss: (params: Tensor, step: number) => Tensor;
  /** The expected loss above its minimum, the mean over the runs. */
  readonly excess: (params: Tensor) => number;
  /** What no estimate from k examples can be better than, on average: `σ² d / 2k`, by Cramér and Rao. */
  readonly bound: (examples: number) => number;
}

const f64 = { dtype: "f64" } as const;

/**
 * Makes the problem.
 *
 * @param key - decides the examples
 * @param options - curvatures of the expected loss, the standard deviation σ of the noise, and the number of runs
 */
export function noisyRegression(key: Key, options: { readonly curvatures: readonly number[]; readonly noise: number; readonly runs: number }): NoisyRegression {
  const { curvatures, noise, runs } = options;
  const dimension = curvatures.length;
  const spread = sqrt(tensor([...curvatures], f64));
  return {
    curvatures,
    noise,
    start: zeros([runs, dimension], f64),
    loss: (params, step) => {
      const [inputKey, noiseKey] = splitKey(foldIn(key, step), 2);
      const inputs = randomNormal(inputKey, [runs, dimension], f64).mul(spread);
      const errors = inputs.mul(params.sub(1)).sum(1).sub(randomNormal(noiseKey, [runs], { ...f64, standardDeviation: noise }));
      return square(errors).sum().div(2);
    },
    excess: (params) => square(params.sub(1).mul(spread)).sum(1).mean().item() / 2,
    bound: (examples) => (noise ** 2 * dimension) / (2 * examples),
  };
}
