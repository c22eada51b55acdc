import { describe, expect, it } from "vitest";
import { fans, gain } from "../src/index.ts";

describe("gain", () => {
  it("has the values of PyTorch's calculate_gain", () => {
    expect((["linear", "sigmoid", "tanh", "relu", "leaky-relu", "selu"] as const).map((name) => gain(name))).toEqual([
      1, 1, 5 / 3, Math.SQRT2, expect.closeTo(1.414_142_856_997_835_4, 14), 0.75,
    ]);
    expect(gain("leaky-relu", 0.2)).toBeCloseTo(1.386_750_490_563_073, 14);
  });

  it("keeps the second moment of a unit normal signal through relu and leaky relu", () => {
    // E relu(z)² = 1/2 and E leaky(z)² = (1 + slope²) / 2.
    expect(gain("relu") ** 2 / 2).toBeCloseTo(1, 14);
    expect((gain("leaky-relu", 0.3) ** 2 * (1 + 0.09)) / 2).toBeCloseTo(1, 14);
  });

  it("names the nearest activation", () => {
    // @ts-expect-error a misspelt name
    expect(() => gain("rleu")).toThrowErrorMatchingInlineSnapshot(`[OptError: gain(activation): unknown activation "rleu". Did you mean "relu"?]`);
    // @ts-expect-error not a name
    expect(() => gain(2)).toThrowErrorMatchingInlineSnapshot(`[OptError: gain(activation): unknown activation 2. Known: linear, sigmoid, tanh, relu, leaky-relu, selu.]`);
    expect(() => gain("leaky-relu", Number.NaN)).toThrowErrorMatchingInlineSnapshot(`[OptError: gain({ slope }): must be a finite number; got NaN.]`);
  });
});

describe("fans", () => {
  it("counts the connections of dense and convolution weights", () => {
    expect(fans([784, 128])).toEqual({ fanIn: 784, fanOut: 128 });
    expect(fans([3, 3, 16, 32])).toEqual({ fanIn: 144, fanOut: 288 });
    expect(() => fans([])).toThrowErrorMatchingInlineSnapshot(`[OptError: fans(shape): needs two or more axes, [fan in, fan out]; got []. Use zeros() or constant(value) for a bias.]`);
  });
});
