import type { Shape } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail, nearest } from "@opt/core";

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** The number of features that have a mean and a variance each, ≥ 1: the length of the one axis that is kept. */
  readonly features?: number;
  /** In place of `features`: the lengths of all axes that are kept, in order; `[8, 8, 3]` normalizes each place of each channel by itself. */
  readonly shape?: Shape;
  /**
   * The axes that statistics are taken over. Default `[0]`, the examples of a dense layer's [batch, features]. For images `[0, 2, 3]` of
   * [batch, channels, height, width], or `[0, 1, 2]` of [batch, height, width, channels].
   */
  readonly axes?: readonly number[];
  /**
   * How fast the running averages move, in [0, 1]; or `"cumulative"`, the mean over all batches so far. Default: each batch counts a
   * tenth, which is 0.1 with `momentumConvention: "new-weight"` and 0.9 with `"old-weight"`.
   */
  readonly momentum?: number | "cumulative";
  /**
   * What `momentum` multiplies. `"new-weight"`: the batch, `r ← (1 − m) r + m b` (PyTorch). `"old-weight"`: what is kept,
   * `r ← m r + (1 − m) b` (Keras, flax, TensorFlow; their 0.99 is PyTorch's 0.01). Default `"new-weight"`.
   */
  readonly momentumConvention?: "new-weight" | "old-weight";
  /** The constant δ > 0 that is added to the variance, inside the root. Default 1e-5 (PyTorch, flax); Keras has 1e-3. */
  readonly epsilon?: number;
  /** Whether a learned shift β is added. Default true. */
  readonly center?: boolean;
  /** Whether the result is multiplied by a learned scale γ. Default true. */
  readonly scale?: boolean;
  /**
   * Which variance the running average is taken of: with divisor n − 1 (`"unbiased"`, PyTorch) or n (`"biased"`, Keras, flax). In training
   * the batch is always normalized by the biased one. Default `"unbiased"`.
   */
  readonly varianceForRunning?: "unbiased" | "biased";
}

/** Checked options. @internal */
export interface Settings {
  /** The lengths of the kept axes. */
  readonly shape: Shape;
  /** The reduced axes, rising. */
  readonly axes: readonly number[];
  /** The weight of the newest batch, or undefined for the cumulative mean. */
  readonly newWeight: number | undefined;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly unbiased: boolean;
}

const optionNames = ["features", "shape", "axes", "momentum", "momentumConvention", "epsilon", "center", "scale", "varianceForRunning"] as const;

function choice(name: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === "string" && choices.includes(value)) return;
  const suggestion = typeof value === "string" ? nearest(value, choices) : undefined;
  const hint = suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
  fail("option", `batchNorm({ ${name} }): must be ${choices.map((each) => `"${each}"`).join(" or ")}; got ${describeValue(value)}.${hint}`);
}

/** Unlike `Array.isArray` in a condition, this leaves the type of what it is asked about as it is. */
function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function flag(name: string, value: unknown): void {
  if (typeof value !== "boolean") fail("option", `batchNorm({ ${name} }): must be true or false; got ${describeValue(value)}.`);
}

function keptShape({ features, shape }: BatchNormOptions): Shape {
  if (features !== undefined && shape !== undefined) fail("option", "batchNorm({ features, shape }): give one of the two; features: n is short for shape: [n].");
  if (shape === undefined) return [checkNumber("batchNorm", "features", features, { min: 1, integer: true })];
  if (!isList(shape)) fail("option", `batchNorm({ shape }): must list the lengths of the axes that are kept; got ${describeValue(shape)}.`);
  shape.forEach((length, index) => checkNumber("batchNorm", `shape[${String(index)}]`, length, { min: 1, integer: true }));
  return shape;
}

function reducedAxes(axes: readonly number[], rank: number): readonly number[] {
  if (!isList(axes) || axes.length === 0) {
    fail("option", `batchNorm({ axes }): must list one or more axes, the examples' axis 0 among them; got ${describeValue(axes)}.`);
  }
  axes.forEach((axis, index) => checkNumber("batchNorm", `axes[${String(index)}]`, axis, { min: 0, max: rank - 1, integer: true }));
  if (new Set(axes).size < axes.length) fail("option", `batchNorm({ axes }): names an axis twice; got ${describeValue(axes)}.`);
  return [...axes].sort((a, b) => a - b);
}

/** The weight of the newest batch under either convention. */
function weightOfBatch({ momentum, momentumConvention = "new-weight" }: BatchNormOptions): number | undefined {
  choice("momentumConvention", momentumConvention, ["new-weight", "old-weight"]);
  if (momentum === "cumulative") return undefined;
  const old = momentumConvention === "old-weight";
  const value = momentum ?? (old ? 0.9 : 0.1);
  if (typeof value === "string") return fail("option", `batchNorm({ momentum }): must be in [0, 1], or "cumulative"; got ${describeValue(value)}.`);
  checkNumber("batchNorm", "momentum", value, { min: 0, max: 1 });
  return old ? 1 - value : value;
}

/** Checks the options and fills in the defaults. @internal */
export function settingsOf(options: BatchNormOptions): Settings {
  checkOptions("batchNorm", options, optionNames);
  const { axes = [0], epsilon = 1e-5, center = true, scale = true, varianceForRunning = "unbiased" } = options ?? {};
  const shape = keptShape(options ?? {});
  checkNumber("batchNorm", "epsilon", epsilon, { above: 0 });
  flag("center", center);
  flag("scale", scale);
  choice("varianceForRunning", varianceForRunning, ["unbiased", "biased"]);
  return {
    shape,
    axes: reducedAxes(axes, shape.length + axes.length),
    newWeight: weightOfBatch(options),
    epsilon,
    center,
    scale,
    unbiased: varianceForRunning === "unbiased",
  };
}
