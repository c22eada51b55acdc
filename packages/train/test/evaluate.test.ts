import type { Tensor } from "@opt/core";
import { tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { evaluate } from "../src/index.ts";

describe("evaluate", () => {
  const params = { scale: tensor(2) };
  const batches = [tensor([1, 2, 3]), tensor([8])];

  it("weights batches by their examples and leaves the parameters alone", async () => {
    const asked: number[] = [];
    const result = await evaluate({
      params,
      batches: (epoch) => {
        asked.push(epoch);
        return batches;
      },
      epoch: 4,
      metrics: {
        mean: ({ scale }: { scale: Tensor }, x: Tensor) => x.mul(scale).mean(),
        size: (_params: { scale: Tensor }, x: Tensor) => tensor(x.size),
      },
    });
    expect(result).toEqual({ mean: (2 * 14) / 4, size: (3 * 3 + 1) / 4 });
    expect(asked).toEqual([4]);
    expect(params.scale.item()).toBe(2);
  });

  it("keeps parameters that have the structure of the metrics", async () => {
    const result = await evaluate({ params, batches: () => batches, metrics: { scale: ({ scale }: { scale: Tensor }) => scale.mul(1) } });
    expect(result.scale).toBe(2);
    expect(params.scale.item()).toBe(2);
  });
});
