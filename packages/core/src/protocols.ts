import { add, mul } from "./ops/arithmetic.ts";
import { sqrt, square } from "./ops/functions.ts";
import { sum } from "./ops/reductions.ts";
import { zeros } from "./ops/creation.ts";
import type { Key } from "./random/key.ts";
import type { FloatDType } from "./tensor/dtype.ts";
import type { Shape } from "./tensor/shape.ts";
import type { Tensor } from "./tensor/tensor.ts";
import type { StateTree, TensorTree } from "./tree/structure.ts";
import { treeLeaves, treeMap } from "./tree/tree.ts";

/** A hyper-parameter as a pure function of the step, counted from 0. */
export type Schedule = (step: number) => number;

/** Draws a parameter tensor: `shape` is [fan in, fan out] for the weights of a dense layer. */
export type Initializer = (key: Key, shape: Shape, options?: { readonly dtype?: FloatDType }) => Tensor;

/** What else an update may be told, by name; an optimizer ignores what it does not know. */
export interface UpdateExtra {
  readonly [name: string]: unknown;
}

/**
 * A first-order optimizer, or one link of a chain of them: a pair of pure functions over trees of tensors. What `update`
 * returns is *added* to the parameters.
 */
export interface Optimizer<State = StateTree> {
  /** Makes the state that belongs to fresh parameters. */
  init(params: TensorTree): State;
  /** Turns gradients into updates; pure, so it may be compiled, repeated or thrown away. */
  update<P extends TensorTree>(gradients: P, state: State, params: P, extra?: UpdateExtra): { updates: P; state: State };
}

/** The loss of one batch as a function of the parameters alone, with its derivatives; it always gives the same numbers. */
export interface BatchObjective<P extends TensorTree = TensorTree> {
  /** The loss, a rank-0 tensor. */
  value(params: P): Tensor;
  /** The loss and its gradient. */
  valueAndGradient(params: P): readonly [value: Tensor, gradient: P];
  /** The product of the loss's Hessian matrix and a direction. */
  hessianVector(params: P, direction: P): P;
}

/** What a {@link BatchSolver} made of a batch. */
export interface BatchSolution<P extends TensorTree = TensorTree, State = StateTree> {
  /** The parameters reached; the last finite ones, whatever happened. */
  readonly params: P;
  readonly state: State;
  /** The loss of the batch where it started. NaN when loss or gradient there are not finite; then nothing else has changed. */
  readonly value: number;
  /** How it ended on this batch, as a sentence. */
  readonly message: string;
}

/**
 * A method that evaluates the loss of one batch several times before it goes on to the next: line searches, conjugate
 * gradients, quasi-Newton and Newton methods. A training loop takes it in place of an {@link Optimizer}.
 */
export interface BatchSolver<State = StateTree> {
  /** Makes the state that belongs to fresh parameters. */
  init(params: TensorTree): State;
  /** Moves the parameters to where the batch's loss is lower; pure, so it may be repeated or thrown away. */
  solve<P extends TensorTree>(objective: BatchObjective<P>, state: State, params: P): BatchSolution<P, State> | Promise<BatchSolution<P, State>>;
}

/**
 * Adds updates to parameters: `θ ← θ + u`, leaf by leaf.
 *
 * @param params - The parameters.
 * @param updates - A tree of the same structure.
 * @returns The new parameters.
 * @throws OptError `tree` with the path where the structures differ.
 */
export function applyUpdates<P extends TensorTree>(params: P, updates: P): P {
  return treeMap((param, update) => add(param, update), params, updates);
}

/**
 * The Euclidean norm of all elements of a tree together: `√(Σ x²)`.
 *
 * @param tree - Tensors of one floating-point dtype.
 * @returns A rank-0 tensor.
 */
export function globalNorm(tree: TensorTree): Tensor {
  const squares = treeLeaves(tree).map((leaf) => sum(square(leaf)));
  const total = squares.reduce<Tensor | undefined>((left, right) => (left === undefined ? right : add(left, right)), undefined);
  return total === undefined ? zeros([]) : sqrt(total);
}

/** The inner product of two trees of the same structure: `Σ a · b`. */
export function treeDot(a: TensorTree, b: TensorTree): Tensor {
  const products = treeLeaves(treeMap((left: Tensor, right: Tensor) => sum(mul(left, right)), a, b));
  const total = products.reduce<Tensor | undefined>((left, right) => (left === undefined ? right : add(left, right)), undefined);
  return total ?? zeros([]);
}
