import type { Optimizer, Scalar, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, scalar, treeMap, zerosLike } from "@opt/core";
import { checkChoice } from "../check-choice.ts";
import { nextStep } from "../rate.ts";

/** Options of {@link trace}. */
export interface TraceOptions {
  /** The decay α of the trace, in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** The share of each update that is kept out of the trace, in [0, 1); the first one enters whole. Default 0. */
  readonly dampening?: number;
  /** Whether to look one step ahead along the trace. Default false. */
  readonly nesterov?: boolean;
}

/** The state of {@link trace}. */
export type TraceState = { readonly step: Scalar; readonly trace: TensorTree };

/**
 * Replaces updates by a decaying sum of them: `v ← α v + (1 − d) u`, then `u ← v`, or with Nesterov's look-ahead
 * `u ← u + α v`.
 *
 * Placed after the learning rate it is the book's velocity (`v ← α v − ε g`); placed before it, the buffer of PyTorch and
 * optax. The two differ only while the rate changes. As in PyTorch the first update enters undampened (`v ← u`); optax
 * has no dampening.
 *
 * @param options - Momentum α, dampening d, Nesterov's look-ahead.
 * @param where - The name under which mistakes are reported. Default `"trace"`.
 * @returns The transform; its state holds one tensor for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { chain, scaleByLearningRate, trace } from "@opt/first-order";
 *
 * const momentum = chain(scaleByLearningRate(0.1), trace({ momentum: 0.9 }));
 * ```
 * @see Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
 * @see Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", 2013.
 */
export function trace(options: TraceOptions = {}, where: string = "trace"): Optimizer<TraceState> {
  checkOptions(where, options, ["momentum", "dampening", "nesterov"]);
  const { momentum = 0.9, dampening = 0, nesterov = false } = options;
  checkNumber(where, "momentum", momentum, { min: 0, below: 1 });
  checkNumber(where, "dampening", dampening, { min: 0, below: 1 });
  checkChoice(where, "nesterov", nesterov, [false, true]);
  return {
    init: (params: TensorTree): TraceState => ({ step: 0, trace: treeMap(zerosLike, params) }),
    update<P extends TensorTree>(gradients: P, state: TraceState): { updates: P; state: TraceState } {
      const share = dampening === 0 ? 1 : scalar((step) => (step === 0 ? 1 : 1 - dampening), state.step);
      const entering = share === 1 ? gradients : treeMap((gradient) => gradient.mul(share), gradients);
      const next = treeMap((update, old) => old.mul(momentum).add(update), entering, state.trace);
      const updates = nesterov ? treeMap((gradient, velocity) => velocity.mul(momentum).add(gradient), gradients, next) : next;
      return { updates, state: { step: nextStep(state.step), trace: next } };
    },
  };
}
