import type { Optimizer, StateTree, Tensor, TensorTree } from "@opt/core";
import { evaluate, tensor } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import {
  addDecayedWeights, chain, clipByGlobalNorm, clipByNorm, clipByValue, scale, scaleByAdagrad, scaleByAdam, scaleByDeltaBarDelta, scaleByLearningRate, scaleByRms,
  shrinkWeights, trace,
} from "../src/index.ts";

expect.extend(matchers);

const double = (data: number[]): Tensor => tensor(data, { dtype: "f64" });

/** Feeds gradients one after the other and reads the updates of each. */
function updatesOf(transform: Optimizer, gradients: readonly number[][], params: number[] = [0, 0]): number[][] {
  let state: StateTree = transform.init(double(params));
  return gradients.map((gradient) => {
    const result = transform.update(double(gradient), state, double(params));
    state = result.state;
    // Without this the state would stay a graph that reaches back to the first step.
    evaluate([result.updates, state]);
    return Array.from(result.updates.readSync());
  });
}

describe("clipping", () => {
  it("limits every element by value", () => {
    expect(updatesOf(clipByValue(1), [[0.5, -3], [2, -1]])).toEqual([[0.5, -1], [1, -1]]);
  });

  it("limits the norm of each tensor by itself", () => {
    const clip = clipByNorm(5);
    const gradients = { long: double([6, 8]), short: double([0.3, 0.4]) };
    const { updates } = clip.update(gradients, clip.init(gradients), gradients);
    expect(updates.long).toBeAllClose([3, 4]);
    expect(updates.short).toBeAllClose([0.3, 0.4], { relative: 0, absolute: 0 });
  });

  it("limits the norm of all tensors together", () => {
    const clip = clipByGlobalNorm(6.5);
    const gradients = [double([3, 4]), double([12])];
    const { updates } = clip.update(gradients, clip.init(gradients), gradients);
    expect(updates[0] ?? []).toBeAllClose([1.5, 2]);
    expect(updates[1] ?? []).toBeAllClose([6]);
  });

  it("passes zeros and short gradients without a change", () => {
    for (const clip of [clipByValue(1), clipByNorm(1), clipByGlobalNorm(1)]) {
      expect(updatesOf(clip, [[0, 0], [0.6, -0.8]])).toEqual([[0, 0], [0.6, -0.8]]);
    }
  });
});

describe("scaling", () => {
  it("multiplies by a constant or by the negative rate of the step", () => {
    expect(updatesOf(scale(-2), [[1, 3]])).toEqual([[-2, -6]]);
    expect(updatesOf(scaleByLearningRate((step) => 2 ** -step), [[1, 2], [1, 2], [1, 2]])).toEqual([[-1, -2], [-0.5, -1], [-0.25, -0.5]]);
  });

  it("divides by the root of the sum of squares", () => {
    const [first, second] = updatesOf(scaleByAdagrad({ epsilon: 0, initialAccumulator: 0 }), [[3, -1], [4, 1]]);
    expect(first ?? []).toBeAllClose([1, -1], { relative: 1e-15 });
    expect(second ?? []).toBeAllClose([0.8, Math.SQRT1_2], { relative: 1e-15 });
  });

  it("places epsilon inside or outside of the root", () => {
    const inside = updatesOf(scaleByRms({ decay: 0, epsilon: 9 }), [[4, 0]]);
    const outside = updatesOf(scaleByRms({ decay: 0, epsilon: 9, epsilonInsideRoot: false }), [[4, 0]]);
    expect([inside, outside]).toEqual([[[0.8, 0]], [[4 / 13, 0]]]);
    expect(updatesOf(scaleByAdagrad({ epsilon: 9, epsilonInsideRoot: true }), [[4, 0]])).toEqual([[0.8, 0]]);
  });

  it("centers: a constant gradient has no variance", () => {
    const constant = Array.from({ length: 400 }, () => [2, -2]);
    const last = updatesOf(scaleByRms({ centered: true, epsilon: 1e-4 }), constant).at(-1) ?? [];
    expect(last).toBeAllClose([200, -200], { relative: 1e-8 });
  });
});

describe("scaleByAdam", () => {
  it("first gives the sign of the gradient, whatever its size", () => {
    const [first] = updatesOf(scaleByAdam({ epsilon: 0 }), [[1e-9, -1e9]]);
    expect(first ?? []).toBeAllClose([1, -1], { relative: 1e-14 });
  });

  it("corrects the bias exactly: a constant gradient gives ±1 at every step", () => {
    for (const updates of updatesOf(scaleByAdam({ epsilon: 0 }), Array.from({ length: 50 }, () => [3, -0.2]))) {
      expect(updates).toBeAllClose([1, -1], { relative: 1e-13 });
    }
  });

  it("adds epsilon to the corrected or to the raw root", () => {
    const corrected = updatesOf(scaleByAdam({ beta2: 0.75, epsilon: 1 }), [[2, 0]]);
    const uncorrected = updatesOf(scaleByAdam({ beta2: 0.75, epsilon: 1, epsilonPlacement: "uncorrected" }), [[2, 0]]);
    // √r̂ = 2 against √r = 1, whose correction is ½.
    expect(corrected[0] ?? []).toBeAllClose([2 / 3, 0], { relative: 1e-14 });
    expect(uncorrected[0] ?? []).toBeAllClose([0.5, 0], { relative: 1e-14 });
  });

  it("adds epsilonRoot under the corrected or the raw root", () => {
    const corrected = updatesOf(scaleByAdam({ beta2: 0.75, epsilon: 0, epsilonRoot: 5 }), [[2, 0]]);
    const uncorrected = updatesOf(scaleByAdam({ beta2: 0.75, epsilon: 0, epsilonRoot: 3, epsilonPlacement: "uncorrected" }), [[2, 0]]);
    // r̂ = 4 against r = 1, whose correction is ½.
    expect(corrected[0] ?? []).toBeAllClose([2 / 3, 0], { relative: 1e-14 });
    expect(uncorrected[0] ?? []).toBeAllClose([0.5, 0], { relative: 1e-14 });
  });
});

describe("trace", () => {
  it("sums with decay, and looks ahead", () => {
    expect(updatesOf(trace({ momentum: 0.5 }), [[1, 0], [1, 0], [0, 4]])).toEqual([[1, 0], [1.5, 0], [0.75, 4]]);
    expect(updatesOf(trace({ momentum: 0.5, nesterov: true }), [[1, 0], [1, 0]])).toEqual([[1.5, 0], [1.75, 0]]);
  });

  it("leaves only the first update undampened", () => {
    expect(updatesOf(trace({ momentum: 0.5, dampening: 0.75 }), [[4, 0], [4, 0]])).toEqual([[4, 0], [3, 0]]);
  });
});

describe("scaleByDeltaBarDelta", () => {
  it("raises the rate by a constant and lowers it by a share", () => {
    const transform = scaleByDeltaBarDelta({ learningRate: 1, increase: 0.5, decrease: 0.25, smoothing: 0 });
    expect(updatesOf(transform, [[1, 1], [1, -1], [1, 0]])).toEqual([[-1, -1], [-1.5, 0.75], [-2, -0]]);
  });
});

describe("weight decay", () => {
  const params = { layers: [{ weight: double([1, 2]), bias: double([3, 4]) }] };
  const zeros = { layers: [{ weight: double([0, 0]), bias: double([0, 0]) }] };
  const readBoth = <P extends TensorTree>(tree: P & typeof params): number[][] =>
    [tree.layers[0]?.weight, tree.layers[0]?.bias].map((leaf) => Array.from(leaf?.readSync() ?? []));

  it("adds or subtracts parameters, except the masked ones", () => {
    const mask = (path: string): boolean => path !== "layers[0].bias";
    const adding = addDecayedWeights({ weightDecay: 0.5, mask });
    expect(readBoth(adding.update(zeros, adding.init(params), params).updates)).toEqual([[0.5, 1], [0, 0]]);
    const shrinking = shrinkWeights({ weightDecay: 0.5, learningRate: 0.5, mask });
    expect(readBoth(shrinking.update(zeros, shrinking.init(params), params).updates)).toEqual([[-0.25, -0.5], [0, 0]]);
  });

  it("follows a schedule of its own", () => {
    const halving = (step: number): number => 2 ** -step;
    expect(updatesOf(addDecayedWeights({ weightDecay: halving }), [[0, 0], [0, 0]], [4, 8])).toEqual([[4, 8], [2, 4]]);
    expect(updatesOf(shrinkWeights({ weightDecay: halving, learningRate: halving }), [[0, 0], [0, 0]], [4, 8])).toEqual([[-4, -8], [-1, -2]]);
  });
});

describe("chain", () => {
  it("hands the updates on and keeps a tuple of states", () => {
    const optimizer = chain(clipByValue(1), trace({ momentum: 0.5 }), scale(-1));
    expect(updatesOf(optimizer, [[3, 0.5], [3, 0.5]])).toEqual([[-1, -0.5], [-1.5, -0.75]]);
    const state = optimizer.init(double([0, 0]));
    expect([state[0], state[1].step, state[2]]).toEqual([{}, 0, {}]);
  });

  it("of nothing passes gradients on", () => {
    expect(updatesOf(chain(), [[1, 2]])).toEqual([[1, 2]]);
  });
});
