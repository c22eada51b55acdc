import { key, randomNormal } from "@opt/core";
import { linear } from "@opt/nn";
import { describe, expect, it } from "vitest";
import { deepNetwork } from "../../src/chapter/batch-normalization/deep-network.ts";

const options = { inputs: 4, outputs: 3, depth: 5, units: 6, activation: linear } as const;
const examples = randomNormal(key(1), [32, 4]);

describe("the deep network", () => {
  it("computes the same with and without rescaled weights where it is normalized, and only there", () => {
    for (const normalized of [true, false]) {
      const network = deepNetwork({ ...options, normalized });
      const { params, state } = network.init(key(2));
      const rescaled = { ...params, layers: params.layers.map(({ weight, norm }) => ({ weight: weight.mul(4), norm })) };
      const [before, after] = [params, rescaled].map((each) => network.apply(each, state, examples, { training: true }).output.readSync());
      const change = Math.max(...Array.from(before!, (value, index) => Math.abs(value - after![index]!)));
      if (normalized) expect(change).toBeLessThan(1e-3);
      else expect(change).toBeGreaterThan(1);
    }
  });

  it("moves its running averages in training alone", () => {
    const network = deepNetwork({ ...options, normalized: true });
    const { params, state } = network.init(key(3));
    const means = (training: boolean): number[] => network.apply(params, state, examples, { training }).state.flatMap(({ mean }) => Array.from(mean.readSync()));
    expect(means(false)).toEqual(state.flatMap(({ mean }) => Array.from(mean.readSync())));
    expect(means(true)).not.toEqual(means(false));
  });
});
