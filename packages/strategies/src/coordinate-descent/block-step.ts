import type { TensorTree } from "@opt/core";
import type { FlatLoss, Probe } from "./flat-loss.ts";

/** What a step needs to know. */
export interface BlockStepContext {
  readonly flat: FlatLoss<TensorTree>;
  /** The point; a step that is taken changes it. */
  readonly x: Float64Array;
  /** The coordinates that may move. */
  readonly block: Int32Array;
}

/** Steps that may be tried along a direction before it is given up: enough to halve 1 down to rounding. */
const mostTrials = 50;
/** The share of the predicted decrease that a step must bring (Armijo's condition; the value is Nocedal and Wright's). */
const sufficientDecrease = 1e-4;

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let index = 0; index < a.length; index++) total += a[index]! * b[index]!;
  return total;
}

function gather(from: Float64Array, block: Int32Array): Float64Array {
  return Float64Array.from(block, (index) => from[index]!);
}

function scatter(values: Float64Array, block: Int32Array, size: number): Float64Array {
  const full = new Float64Array(size);
  block.forEach((index, position) => (full[index] = values[position]!));
  return full;
}

/**
 * Minimizes the quadratic model in the block, `H_BB s = −g_B`, by conjugate gradients on Hessian-vector products: exact for one
 * coordinate after one product. Along a direction of negative curvature the model has no minimum; then the step so far is
 * taken, or at the beginning `−g / |curvature|`.
 */
function newtonDirection(context: BlockStepContext, gradient: Float64Array, first: Probe | undefined): Float64Array {
  const { flat, x, block } = context;
  const step = new Float64Array(block.length);
  const residual = gradient.map((value) => -value);
  let direction = residual.slice();
  let squared = dot(residual, residual);
  const target = squared * 1e-20;
  for (let iteration = 0; iteration < block.length && squared > target; iteration++) {
    // For a single coordinate the product with the unit vector is known already.
    const product = first === undefined ? gather(flat.probe(x, scatter(direction, block, x.length)).product, block) : gather(first.product, block).map((value) => value * direction[0]!);
    const curvature = dot(direction, product);
    if (!(curvature > 0)) {
      if (iteration > 0) return step;
      const scale = curvature < 0 ? squared / -curvature : 1;
      return direction.map((value) => value * scale);
    }
    const length = squared / curvature;
    for (let index = 0; index < step.length; index++) {
      step[index]! += length * direction[index]!;
      residual[index]! -= length * product[index]!;
    }
    const next = dot(residual, residual);
    const ratio = next / squared;
    direction = residual.map((value, index) => value + ratio * direction[index]!);
    squared = next;
  }
  return step;
}

/**
 * Halves a step until the value falls enough, and takes it.
 *
 * @returns The share of the step that was taken; 0 when none brought a decrease.
 */
function backtrack(context: BlockStepContext, value: number, slope: number, step: Float64Array, firstShare: number): number {
  const { flat, x, block } = context;
  const noise = 8 * flat.precision * Math.abs(value);
  const before = gather(x, block);
  let share = firstShare;
  for (let trial = 0; trial < mostTrials; trial++) {
    block.forEach((index, position) => (x[index] = before[position]! + share * step[position]!));
    const reached = flat.value(x);
    if (reached <= value + sufficientDecrease * share * slope + noise) return share;
    share /= 2;
  }
  block.forEach((index, position) => (x[index] = before[position]!));
  return 0;
}

/** What a step did: whether the point moved, and the largest gradient component in the block before it. */
export interface BlockStepResult {
  readonly moved: boolean;
  readonly finite: boolean;
  readonly gradient: number;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** One Newton step in the block, shortened until it brings a decrease. */
export function newtonStep(context: BlockStepContext): BlockStepResult {
  const { flat, x, block } = context;
  const single = block.length === 1 ? flat.probe(x, scatter(Float64Array.of(1), block, x.length)) : undefined;
  const { value, gradient: whole } = single ?? flat.gradient(x);
  const gradient = gather(whole, block);
  const size = largest(gradient);
  if (!Number.isFinite(value) || !gradient.every(Number.isFinite)) return { moved: false, finite: false, gradient: size };
  if (size === 0) return { moved: false, finite: true, gradient: 0 };
  const step = newtonDirection(context, gradient, single);
  const share = backtrack(context, value, dot(gradient, step), step, 1);
  return { moved: share > 0, finite: true, gradient: size };
}

/** Newton steps until the block's gradient is below `tolerance`: the minimum in the block. */
export function exactStep(context: BlockStepContext, tolerance: number): BlockStepResult {
  const first = newtonStep(context);
  let last = first;
  for (let count = 0; count < mostTrials && last.moved && last.gradient > tolerance; count++) last = newtonStep(context);
  return { ...first, finite: last.finite };
}

/** A step against the gradient of the block, its length found by doubling and halving the last one that was taken there. */
export function lineSearchStep(context: BlockStepContext, lengths: Float64Array, blockNumber: number): BlockStepResult {
  const { flat, x, block } = context;
  const { value, gradient: whole } = flat.gradient(x);
  const gradient = gather(whole, block);
  const size = largest(gradient);
  if (!Number.isFinite(value) || !gradient.every(Number.isFinite)) return { moved: false, finite: false, gradient: size };
  if (size === 0) return { moved: false, finite: true, gradient: 0 };
  const step = gradient.map((component) => -component);
  const length = backtrack(context, value, dot(gradient, step), step, 2 * lengths[blockNumber]!);
  if (length > 0) lengths[blockNumber] = length;
  return { moved: length > 0, finite: true, gradient: size };
}
