import type { TensorTree } from "@opt/core";
import type { FlatLoss } from "./flat-loss.ts";
import { innerProduct } from "./matrix.ts";

/** What a step needs to know. */
export interface BlockStepContext {
  readonly flat: FlatLoss<TensorTree>;
  /** The point; a step that is taken changes it. */
  readonly x: Float64Array;
  /** The coordinates that may move. */
  readonly block: Int32Array;
}

/** The loss and its derivatives as the block sees them. */
interface BlockModel {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Where the quadratic model of the block has its minimum, or a descent step where it has none. */
  readonly step: Float64Array;
}

/** Steps that may be tried along a direction before it is given up: enough to halve 1 down to rounding. */
const mostTrials = 50;
/**
 * The share of the predicted decrease that a step must bring (Armijo's condition). On a quadratic, 1/4 keeps a step from ending
 * more than half as far beyond the minimum as it began before it.
 */
const sufficientDecrease = 0.25;
/** Conjugate gradients end when the residual has shrunk by this factor, squared. */
const smallResidual = 1e-20;

function gather(from: Float64Array, block: Int32Array): Float64Array {
  return Float64Array.from(block, (index) => from[index]!);
}

function scatter(values: Float64Array, block: Int32Array, size: number): Float64Array {
  const full = new Float64Array(size);
  block.forEach((index, position) => (full[index] = values[position]!));
  return full;
}

/** Along a direction d of curvature dᵀHd ≤ 0 the model falls for ever: there the step is `d |d|² / |dᵀHd|`, or d where the curvature is 0. */
function withoutMinimum(direction: Float64Array, squared: number, curvature: number): Float64Array {
  const scale = curvature < 0 ? squared / -curvature : 1;
  return direction.map((value) => value * scale);
}

/** A single coordinate: the product of the Hessian with its unit vector tells all at once, `s = −g / h`. */
function coordinateModel({ flat, x, block }: BlockStepContext): BlockModel {
  const probe = flat.probe(x, scatter(Float64Array.of(1), block, x.length));
  const gradient = gather(probe.gradient, block);
  const slope = gradient[0]!;
  const curvature = probe.product[block[0]!]!;
  const step = curvature > 0 ? Float64Array.of(-slope / curvature) : withoutMinimum(Float64Array.of(-slope), 1, curvature);
  return { value: probe.value, gradient, step };
}

/** Several coordinates: `H_BB s = −g_B` by conjugate gradients on Hessian-vector products, as far as the curvature is positive. */
function blockModel({ flat, x, block }: BlockStepContext): BlockModel {
  const { value, gradient: whole } = flat.gradient(x);
  const gradient = gather(whole, block);
  const step = new Float64Array(block.length);
  const residual = gradient.map((component) => -component);
  let direction = residual.slice();
  let squared = innerProduct(residual, residual);
  const enough = squared * smallResidual;
  for (let iteration = 0; iteration < block.length && squared > enough; iteration++) {
    const product = gather(flat.probe(x, scatter(direction, block, x.length)).product, block);
    const curvature = innerProduct(direction, product);
    if (!(curvature > 0)) return { value, gradient, step: iteration > 0 ? step : withoutMinimum(direction, squared, curvature) };
    const length = squared / curvature;
    for (let index = 0; index < step.length; index++) {
      step[index]! += length * direction[index]!;
      residual[index]! -= length * product[index]!;
    }
    const next = innerProduct(residual, residual);
    const ratio = next / squared;
    direction = residual.map((component, index) => component + ratio * direction[index]!);
    squared = next;
  }
  return { value, gradient, step };
}

/**
 * Halves a step until the loss falls enough, `φ(t) ≤ φ(0) + c t φ′(0)`, and takes it. Where that decrease drowns in rounding, the
 * slope decides: `φ′(t) ≤ (2c − 1) φ′(0)`, which on a quadratic is the same condition (Hager and Zhang, 2005).
 *
 * @returns The share of the step that was taken; 0 when none brought a decrease.
 */
function backtrack({ flat, x, block }: BlockStepContext, { value, gradient, step }: BlockModel, firstShare: number): number {
  const slope = innerProduct(gradient, step);
  const slopeHere = (): number => innerProduct(gather(flat.gradient(x).gradient, block), step);
  const noise = 8 * flat.precision * Math.abs(value);
  const before = gather(x, block);
  let share = firstShare;
  for (let trial = 0; trial < mostTrials; trial++) {
    block.forEach((index, position) => (x[index] = before[position]! + share * step[position]!));
    const required = sufficientDecrease * share * slope;
    const falls = -required > noise ? flat.value(x) <= value + required : slopeHere() <= (2 * sufficientDecrease - 1) * slope;
    if (falls) return share;
    share /= 2;
  }
  block.forEach((index, position) => (x[index] = before[position]!));
  return 0;
}

/** Whether no component is larger than the tolerance; NaN is. */
function isWithin(gradient: Float64Array, tolerance: number): boolean {
  return gradient.every((component) => Math.abs(component) <= tolerance);
}

/**
 * One Newton step in the block, shortened until it brings a decrease; none where the block's gradient is within the tolerance.
 *
 * @returns Whether the point moved.
 */
export function newtonStep(context: BlockStepContext, tolerance: number): boolean {
  const model = context.block.length === 1 ? coordinateModel(context) : blockModel(context);
  return !isWithin(model.gradient, tolerance) && backtrack(context, model, 1) > 0;
}

/** Newton steps until the block's gradient is within the tolerance: the minimum in the block. */
export function exactStep(context: BlockStepContext, tolerance: number): void {
  for (let count = 0; count < mostTrials && newtonStep(context, tolerance); count++);
}

/** A step against the block's gradient, its length found by doubling and halving the last one that was taken there. */
export function lineSearchStep(context: BlockStepContext, lengths: Float64Array, blockNumber: number): void {
  const { value, gradient: whole } = context.flat.gradient(context.x);
  const gradient = gather(whole, context.block);
  if (isWithin(gradient, 0)) return;
  const step = gradient.map((component) => -component);
  const length = backtrack(context, { value, gradient, step }, 2 * lengths[blockNumber]!);
  if (length > 0) lengths[blockNumber] = length;
}
