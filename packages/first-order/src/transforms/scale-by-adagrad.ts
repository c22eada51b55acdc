import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, fullLike, sqrt, square, treeMap } from "@opt/core";
import { checkChoice } from "../check-choice.ts";

/** Options of {@link scaleByAdagrad}. */
export interface ScaleByAdagradOptions {
  /** The constant δ ≥ 0 that keeps the division finite. Default 1e-7. */
  readonly epsilon?: number;
  /** Divide by `√(r + δ)` instead of `δ + √r`. Default false. */
  readonly epsilonInsideRoot?: boolean;
  /** What the sum of squares starts from, ≥ 0. Default 0. */
  readonly initialAccumulator?: number;
}

/** The state of {@link scaleByAdagrad}: the sum of squared gradients for each parameter. */
export type ScaleByAdagradState = { readonly sumOfSquares: TensorTree };

/**
 * Divides updates by the root of the sum of all their squares so far: `r ← r + u²`, `u ← u / (δ + √r)`.
 *
 * @param options - δ, its place and the sum's start. PyTorch: 1e-10 outside the root, start 0; Keras and optax: 1e-7
 *   inside the root, start 0.1.
 * @param where - The name under which mistakes are reported. Default `"scaleByAdagrad"`.
 * @returns The transform; its state holds one tensor for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { chain, scaleByAdagrad, scaleByLearningRate } from "@opt/first-order";
 *
 * const optimizer = chain(scaleByAdagrad(), scaleByLearningRate(0.1));
 * ```
 * @see Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
 */
export function scaleByAdagrad(options: ScaleByAdagradOptions = {}, where: string = "scaleByAdagrad"): Optimizer<ScaleByAdagradState> {
  checkOptions(where, options, ["epsilon", "epsilonInsideRoot", "initialAccumulator"]);
  const { epsilon = 1e-7, epsilonInsideRoot = false, initialAccumulator = 0 } = options;
  checkNumber(where, "epsilon", epsilon, { min: 0 });
  checkChoice(where, "epsilonInsideRoot", epsilonInsideRoot, [false, true]);
  checkNumber(where, "initialAccumulator", initialAccumulator, { min: 0 });
  return {
    init: (params: TensorTree): ScaleByAdagradState => ({
      sumOfSquares: treeMap((param) => fullLike(param, initialAccumulator), params),
    }),
    update<P extends TensorTree>(gradients: P, state: ScaleByAdagradState): { updates: P; state: ScaleByAdagradState } {
      const sumOfSquares = treeMap((total, gradient) => total.add(square(gradient)), state.sumOfSquares, gradients);
      const updates = treeMap((gradient, total) => {
        const root = epsilonInsideRoot ? sqrt(total.add(epsilon)) : sqrt(total).add(epsilon);
        return gradient.div(root);
      }, gradients, sumOfSquares);
      return { updates, state: { sumOfSquares } };
    },
  };
}
