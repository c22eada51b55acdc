import type { FloatDType } from "@opt/core";
import { checkOptions, describeValue, fail, ones, sqrt, Tensor, zeros } from "@opt/core";
import type { BatchNormOptions, Settings } from "./options.ts";
import { settingsOf } from "./options.ts";
import { alongFeatures, checkEnoughValues, checkInput, checkLeaf } from "./shapes.ts";
import type { BatchNormState } from "./statistics.ts";
import { batchState, centerBatch, moveAverages } from "./statistics.ts";

/** The parameters of {@link batchNorm}: the scale γ and the shift β of each feature, as far as the options ask for them. */
export type BatchNormParams = { readonly scale?: Tensor; readonly shift?: Tensor };

/** Options of a layer's `init`. */
export interface BatchNormInitOptions {
  /** The dtype of all tensors, which must be that of the inputs. Default `f32`. */
  readonly dtype?: FloatDType;
}

/** Which of the two a pass is. */
export interface BatchNormMode {
  /** Whether the batch is normalized by its own statistics and moves the running averages. */
  readonly training: boolean;
}

/** What a pass gives. */
export interface BatchNormResult {
  /** The normalized, scaled and shifted batch, of the input's shape. */
  readonly output: Tensor;
  /** The running averages: moved by this batch in training, as they were at test time. */
  readonly state: BatchNormState;
}

/** What a training pass gives. */
export interface BatchNormTrainingResult extends BatchNormResult {
  /** This batch's own statistics, for {@link recalibrate}. */
  readonly statistics: BatchNormState;
}

/** A normalization as one line for each feature: `output = factor · x + offset`. */
export interface FeatureLine {
  readonly factor: Tensor;
  readonly offset: Tensor;
}

/** Batch normalization as plain functions; what {@link batchNorm} makes. */
export interface BatchNorm {
  /** Fresh parameters (γ = 1, β = 0) and running averages (mean 0, variance 1). */
  init(options?: BatchNormInitOptions): { params: BatchNormParams; state: BatchNormState };
  /** Normalizes a batch by its own statistics, with gradients through them, and moves the running averages. */
  train(params: BatchNormParams, state: BatchNormState, x: Tensor): BatchNormTrainingResult;
  /** Normalizes by the running averages: each example by itself, as at test time. */
  infer(params: BatchNormParams, state: BatchNormState, x: Tensor): Tensor;
  /** `train` or `infer`, for a network that is both trained and evaluated by one function, such as a loss for `fit`. */
  apply(params: BatchNormParams, state: BatchNormState, x: Tensor, mode: BatchNormMode): BatchNormResult;
  /** What `infer` does, as one factor and one offset for each feature, to fold it into a neighbouring layer. */
  line(params: BatchNormParams, state: BatchNormState): FeatureLine;
}

function scaled(where: string, params: BatchNormParams, normalized: Tensor, settings: Settings): Tensor {
  let output = normalized;
  if (settings.scale) output = output.mul(alongFeatures(checkLeaf(where, "params.scale", params.scale, settings, normalized), settings));
  if (settings.center) output = output.add(alongFeatures(checkLeaf(where, "params.shift", params.shift, settings, normalized), settings));
  return output;
}

function checkState(where: string, state: BatchNormState, settings: Settings, like?: Tensor): void {
  if (typeof state !== "object" || state === null) fail("tree", `${where}: state must be { mean, variance, count }, as init() makes it; got ${describeValue(state)}.`);
  checkLeaf(where, "state.mean", state.mean, settings, like);
  checkLeaf(where, "state.variance", state.variance, settings, like);
  // In a compiled function a number is traced as a tensor on the host.
  const { count }: { readonly count: unknown } = state;
  if (typeof count !== "number" && !(count instanceof Tensor && count.onHost)) {
    fail("tree", `${where}: state.count must be a number, as init() makes it; got ${describeValue(count)}.`);
  }
}

function checkParams(where: string, params: BatchNormParams): void {
  if (typeof params !== "object" || params === null) fail("tree", `${where}: params must be { scale, shift }, as init() makes it; got ${describeValue(params)}.`);
}

function lineOf(params: BatchNormParams, state: BatchNormState, settings: Settings): FeatureLine {
  const where = "batchNorm.line(params, state)";
  checkParams(where, params);
  checkState(where, state, settings);
  const spread = sqrt(state.variance.add(settings.epsilon));
  const factor = settings.scale ? checkLeaf(where, "params.scale", params.scale, settings, spread).div(spread) : spread.pow(-1);
  const shifted = state.mean.mul(factor).neg();
  return { factor, offset: settings.center ? shifted.add(checkLeaf(where, "params.shift", params.shift, settings, spread)) : shifted };
}

/**
 * Makes a batch normalization, `y = γ (x − μ) / √(σ² + δ) + β` for each feature: in training with the mean μ and the variance σ² of the
 * batch itself, through which gradients flow; at test time with running averages of them.
 *
 * Put it before the non-linearity, on `x W`: a bias there has no effect and gradient 0, because the mean takes it away; β takes its place. It fits any shape: units of a dense layer (axes `[0]`), or
 * channels over every position of an image (`[0, 2, 3]` or `[0, 1, 2]`).
 *
 * @param options - Features and axes, momentum in either convention, δ, and what is learned. See {@link BatchNormOptions}.
 * @returns The functions `init`, `train`, `infer`, `apply` and `line`.
 * @throws OptError `option` for a bad option; the functions throw `shape` or `dtype` for tensors that do not fit, and for a batch of one
 * value for each feature in training.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { batchNorm } from "@opt/batchnorm";
 *
 * const norm = batchNorm({ features: 2 });
 * const { params, state } = norm.init();
 * const result = norm.train(params, state, tensor([[1, 10], [3, 50]]));
 * result.output.readSync(); // [-1.00, -1.00, 1.00, 1.00]
 * result.state.mean.readSync(); // [0.2, 3]
 * ```
 *
 * @see Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015, Algorithms 1
 * and 2; Goodfellow, Bengio and Courville, Deep Learning, section 8.7.1, equations 8.35 to 8.37 (whose δ stands inside the root, as here).
 */
export function batchNorm(options: BatchNormOptions): BatchNorm {
  const settings = settingsOf(options);

  const train: BatchNorm["train"] = (params, state, x) => {
    const where = "batchNorm.train(params, state, x)";
    checkInput(where, settings, x);
    checkEnoughValues(where, settings, x);
    checkParams(where, params);
    checkState(where, state, settings, x);
    const batch = centerBatch(x, settings);
    const normalized = batch.centered.div(sqrt(batch.variance.add(settings.epsilon)));
    const statistics = batchState(x, batch, settings);
    return { output: scaled(where, params, normalized, settings), state: moveAverages(state, statistics, settings), statistics };
  };

  const infer: BatchNorm["infer"] = (params, state, x) => {
    const where = "batchNorm.infer(params, state, x)";
    checkInput(where, settings, x);
    checkParams(where, params);
    checkState(where, state, settings, x);
    // Centered before it is scaled, so that a large mean cancels exactly.
    const centered = x.sub(alongFeatures(state.mean, settings));
    const normalized = centered.div(alongFeatures(sqrt(state.variance.add(settings.epsilon)), settings));
    return scaled(where, params, normalized, settings);
  };

  return {
    init: (initOptions = {}) => {
      checkOptions("batchNorm.init", initOptions, ["dtype"]);
      const { dtype = "f32" } = initOptions;
      const params = {
        ...(settings.scale && { scale: ones(settings.shape, { dtype }) }),
        ...(settings.center && { shift: zeros(settings.shape, { dtype }) }),
      };
      return { params, state: { mean: zeros(settings.shape, { dtype }), variance: ones(settings.shape, { dtype }), count: 0 } };
    },
    train,
    infer,
    apply: (params, state, x, mode) => {
      if (typeof mode?.training !== "boolean") {
        fail("option", `batchNorm.apply(params, state, x, { training }): must be true or false; got ${describeValue(mode?.training)}.`);
      }
      return mode.training ? train(params, state, x) : { output: infer(params, state, x), state };
    },
    line: (params, state) => lineOf(params, state, settings),
  };
}
