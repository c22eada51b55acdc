import { scalar, treeMap, type Optimizer, type Scalar, type Schedule, type TensorTree } from "@opt/core";

/** Gradient descent, `θ ← θ − ε_t g`, as somebody outside would publish it. */
export function plainDescent(learningRate: number | Schedule = 0.1): Optimizer<{ step: Scalar }> {
  const schedule = typeof learningRate === "number" ? () => learningRate : learningRate;
  return {
    init: () => ({ step: 0 }),
    update<P extends TensorTree>(gradients: P, state: { step: Scalar }) {
      const rate = scalar(schedule, state.step);
      const step = scalar((count) => count + 1, state.step);
      return { updates: treeMap((gradient) => gradient.mul(rate).neg(), gradients), state: { step } };
    },
  };
}
