import type { Scalar, Tensor } from "@opt/core";
import { scalar, square, stopGradient } from "@opt/core";
import type { Settings } from "./options.ts";
import { valuesPerFeature } from "./shapes.ts";

/**
 * Running statistics: `mean` and `variance` of each feature, and the number of batches that went into them. Also what one batch alone
 * gives, with `count` 1. Inside a compiled function `count` is a traced number.
 */
export type BatchNormState = { readonly mean: Tensor; readonly variance: Tensor; readonly count: Scalar };

/** A batch about its mean. */
export interface Centered {
  /** `x − μ`, of the input's shape. */
  readonly centered: Tensor;
  /** The mean, with length 1 on the reduced axes. */
  readonly mean: Tensor;
  /** The biased variance, with length 1 on the reduced axes. */
  readonly variance: Tensor;
}

/**
 * Mean and variance of each feature in a numerically sound way. `E[x²] − E[x]²` loses everything when the mean is large; so does, a
 * little, a long sum of large numbers. Hence a first mean is subtracted as a constant, and what is left is centered once more: the
 * result does not depend on the constant, and neither does its derivative.
 *
 * @see Chan, Golub and LeVeque, "Algorithms for computing the sample variance: analysis and recommendations", 1983.
 * @internal
 */
export function centerBatch(x: Tensor, { axes }: Settings): Centered {
  const rough = stopGradient(x.mean(axes, { keepDims: true }));
  const shifted = x.sub(rough);
  const rest = shifted.mean(axes, { keepDims: true });
  const centered = shifted.sub(rest);
  return { centered, mean: rough.add(rest), variance: square(centered).mean(axes, { keepDims: true }) };
}

/** The statistics of one batch as they enter the running averages; no gradient flows through them. @internal */
export function batchState(x: Tensor, { mean, variance }: Centered, settings: Settings): BatchNormState {
  const count = valuesPerFeature(x, settings);
  const correction = settings.unbiased ? count / (count - 1) : 1;
  return {
    mean: stopGradient(mean.reshape(settings.shape)),
    variance: stopGradient(variance.mul(correction).reshape(settings.shape)),
    count: 1,
  };
}

/** Moves the running averages: `r ← r + w (b − r)`, with w constant or 1 / count. @internal */
export function moveAverages(state: BatchNormState, batch: BatchNormState, { newWeight }: Settings): BatchNormState {
  const count = scalar((before) => before + 1, state.count);
  const weight: Scalar = newWeight ?? scalar((batches) => 1 / batches, count);
  const moved = (running: Tensor, newest: Tensor): Tensor => running.mul(scalar((w) => 1 - w, weight)).add(newest.mul(weight));
  return { mean: moved(state.mean, batch.mean), variance: moved(state.variance, batch.variance), count };
}
