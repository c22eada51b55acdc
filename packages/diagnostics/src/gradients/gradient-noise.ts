import type { Scalar, Tensor, TensorTree } from "@opt/core";
import { compile, describeValue, fail, grad, scalar, sum, treeFlatten, treeLeaves, treeMap, treePaths } from "@opt/core";
import { checkFunction, checkParams } from "../checks.ts";
import { short } from "../numbers.ts";

/** The noise of one tensor's gradient. */
export interface LeafNoise {
  /** The parameter's path: `layers[0].weight`. */
  readonly path: string;
  /** `‖ḡ‖₂` of this tensor. */
  readonly gradientNorm: number;
  /** `√(tr(Σ) / n)` of this tensor. */
  readonly standardError: number;
}

/** How noisy the gradient of a data set is. */
export interface GradientNoise {
  /** `‖ḡ‖₂`: the norm of the mean gradient. */
  readonly gradientNorm: number;
  /** `‖ḡ‖² − tr(Σ)/n`: an unbiased estimate of the squared norm of the true gradient; may be negative where noise is all there is. */
  readonly squaredGradientNorm: number;
  /** `tr(Σ)`: the sum over all parameters of the variance σ² of the gradient of one example. */
  readonly variance: number;
  /** `√(tr(Σ) / n)`: the standard error of the mean gradient, as the norm of σ/√n over all parameters. */
  readonly standardError: number;
  /** `B = tr(Σ) / ‖g‖²`: the batch size at which noise and gradient are of one size; infinite where the gradient drowns in noise. */
  readonly noiseScale: number;
  /** How many examples it was measured on. */
  readonly examples: number;
  /** How many batches they came in. */
  readonly batches: number;
  /** The same for each tensor of the parameters. */
  readonly leaves: readonly LeafNoise[];
  readonly status: "measured" | "drowned" | "non-finite";
  /** The status as a sentence, with what to try. */
  readonly message: string;
}

/** The mean of the batches' gradients, and for each leaf the sum of squared distances from it. */
type Moments<P extends TensorTree> = { readonly mean: P; readonly squares: readonly Tensor[] };

/** Takes one more gradient in by Welford's recurrence, which cancels nothing: `m′ = m + (g − m)/k`, `S′ = S + (g − m)(g − m′)`. */
function takeIn<P extends TensorTree>(moments: Moments<P>, gradient: P, count: Scalar): Moments<P> {
  const weight = scalar((k) => 1 / k, count);
  const mean = treeMap((old: Tensor, value: Tensor) => old.add(value.sub(old).mul(weight)), moments.mean, gradient);
  const [olds, news, values] = [treeLeaves(moments.mean), treeLeaves(mean), treeLeaves(gradient)];
  const squares = moments.squares.map((total, index) => total.add(sum(values[index]!.sub(olds[index]!).mul(values[index]!.sub(news[index]!)))));
  return { mean, squares };
}

function examplesOf(batch: TensorTree, expected: number | undefined): number {
  const [first] = treeFlatten(batch).leaves;
  const size = first === undefined || typeof first === "number" ? undefined : first.shape[0];
  if (size === undefined) return fail("data", `gradientNoise(params, batches): a batch must hold a tensor whose first axis counts the examples; got ${describeValue(batch)}.`);
  if (expected !== undefined && size !== expected) {
    fail("data", `gradientNoise(params, batches): all batches must have one size; got ${String(expected)} and then ${String(size)}. Drop the last batch.`);
  }
  return size;
}

function outcome(squaredGradientNorm: number, noise: { readonly variance: number; readonly noiseScale: number; readonly examples: number }): Pick<GradientNoise, "status" | "message"> {
  const { variance, noiseScale, examples } = noise;
  if (!Number.isFinite(variance) || !Number.isFinite(squaredGradientNorm)) {
    return { status: "non-finite", message: "a gradient is infinite or NaN. Look at the parameters, the data and the loss." };
  }
  if (squaredGradientNorm <= 0 && variance > 0) {
    return { status: "drowned", message: `the gradient drowns in its noise: ${String(examples)} examples cannot tell it from zero. Measure on more examples; here, batches must be larger than ${String(examples)}.` };
  }
  return { status: "measured", message: `noise and gradient are of one size at batches of ${short(noiseScale)}. Ask batchSizeAdvice what that means for yours.` };
}

/**
 * The standard error of the gradient, `σ/√n`, and the gradient noise scale `B = tr(Σ) / ‖g‖²`, from the gradients of many small batches.
 *
 * Σ is the covariance of the gradient of one example. With batches of b examples, the variance between the batches' gradients estimates
 * Σ/b; batches of one example know most, larger ones cost less. Both tr(Σ) and ‖g‖² are unbiased estimates.
 *
 * @param loss - A function `(params, batch)` that returns the *mean* loss of the batch, a rank-0 tensor; it is compiled once.
 * @returns A function of `(params, batches)`; `batches` is any iterable of two or more batches of one size, such as `minibatches` of
 * `@opt/data` makes for an epoch.
 * @throws OptError `option` for a bad argument; the function throws `data` for fewer than two batches or batches of different sizes, `dtype` or
 * `tree` for parameters that are not of one floating-point dtype.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { gradientNoise } from "@opt/diagnostics";
 *
 * const loss = (mean: Tensor, x: Tensor) => x.sub(mean).pow(2).mean().mul(0.5);
 * const examples = [1, 2, 3, 6].map((x) => tensor([x]));
 * const noise = gradientNoise(loss)(tensor(0), examples);
 * noise.gradientNorm; // 3
 * noise.variance; // 4.666667
 * noise.standardError; // 1.080123
 * noise.noiseScale; // 0.595745
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, equation 5.46 and section 8.1.3; McCandlish, Kaplan and Amodei, "An empirical model of
 * large-batch training", 2018, section 2.2 and appendix A.1 (there `B_simple`).
 */
export function gradientNoise<P extends TensorTree, Batch extends TensorTree>(
  loss: (params: P, batch: Batch) => Tensor,
): (params: P, batches: Iterable<Batch>) => GradientNoise {
  checkFunction("gradientNoise", "loss", loss, "(params, batch) => tensor");
  const gradientOf = grad(loss);
  const begin = compile((params: P, batch: Batch): Moments<P> => {
    const mean = gradientOf(params, batch);
    return { mean, squares: treeLeaves(mean).map((leaf) => sum(leaf.sub(leaf))) };
  }, { donate: [] });
  const proceed = compile((moments: Moments<P>, count: number, params: P, batch: Batch): Moments<P> => takeIn(moments, gradientOf(params, batch), count), { donate: [0] });
  return (params, batches) => {
    checkParams("gradientNoise", "params", params);
    let moments: Moments<P> | undefined;
    let count = 0;
    let batchSize: number | undefined;
    for (const batch of batches) {
      batchSize = examplesOf(batch, batchSize);
      count++;
      moments = moments === undefined ? begin(params, batch) : proceed(moments, count, params, batch);
    }
    if (moments === undefined || batchSize === undefined || count < 2) return fail("data", `gradientNoise(params, batches): needs two or more batches to see how they differ; got ${String(count)}.`);
    const examples = count * batchSize;
    const paths = treePaths(params);
    const norms = treeLeaves(moments.mean).map((leaf) => leaf.mul(leaf).sum().item());
    const variances = moments.squares.map((total) => (total.item() * batchSize) / (count - 1));
    const total = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);
    const variance = total(variances);
    const squaredGradientNorm = total(norms) - variance / examples;
    const noiseScale = variance === 0 ? 0 : squaredGradientNorm > 0 ? variance / squaredGradientNorm : squaredGradientNorm <= 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    return {
      gradientNorm: Math.sqrt(total(norms)),
      squaredGradientNorm,
      variance,
      standardError: Math.sqrt(variance / examples),
      noiseScale,
      examples,
      batches: count,
      leaves: norms.map((square, index) => ({ path: paths[index] ?? "", gradientNorm: Math.sqrt(square), standardError: Math.sqrt(variances[index]! / examples) })),
      ...outcome(squaredGradientNorm, { variance, noiseScale, examples }),
    };
  };
}
