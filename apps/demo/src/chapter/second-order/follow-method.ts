import type { Tensor, TensorTree } from "@opt/core";
import type { Evaluations, MethodName, Method, MinimizeStatus } from "@opt/second-order";
import { minimizeSteps } from "@opt/second-order";
import { takeTurn } from "../take-turn.ts";

/** Where a method was after a step. */
export interface MethodPoint<Params extends TensorTree> {
  readonly step: number;
  readonly value: number;
  readonly x: Params;
  readonly evaluations: Evaluations;
}

/** The way that a method went. */
export interface MethodPath<Params extends TensorTree> {
  /** The start and the point after each step. */
  readonly points: readonly MethodPoint<Params>[];
  /** Why it ended by itself, or undefined when it was stopped. */
  readonly status: MinimizeStatus | undefined;
}

/** How far to follow a method. */
export interface FollowOptions<Params extends TensorTree> {
  readonly method: MethodName | Method;
  readonly maxSteps: number;
  /** No element of the gradient is larger than this at the end. */
  readonly tolerance: number;
  /** Stops after the first point for which it holds. */
  readonly until?: (point: MethodPoint<Params>) => boolean;
  readonly signal: AbortSignal;
}

/** After so many steps other work has its turn. */
const STEPS_PER_TURN = 16;

/** Keeps what a method does on a loss, step by step. */
export async function followMethod<Params extends TensorTree>(loss: (params: Params) => Tensor, start: Params, options: FollowOptions<Params>): Promise<MethodPath<Params>> {
  const { method, maxSteps, tolerance, until, signal } = options;
  const points: MethodPoint<Params>[] = [];
  const steps = minimizeSteps(loss, start, { method, maxSteps, tolerance, signal });
  for (;;) {
    const turn = steps.next();
    if (turn.done === true) {
      signal.throwIfAborted();
      return { points, status: turn.value.status };
    }
    points.push(turn.value);
    if (until?.(turn.value) === true) return { points, status: undefined };
    if (points.length % STEPS_PER_TURN === 0) await takeTurn(signal);
  }
}
