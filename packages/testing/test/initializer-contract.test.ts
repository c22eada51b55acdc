import type { Initializer } from "@opt/core";
import { full, key, randomNormal, randomUniform } from "@opt/core";
import { describe, expect, it } from "vitest";
import { describeInitializer } from "../src/index.ts";
import type { InitializerCase, InitializerLaw } from "../src/initializer-contract.ts";
import { initializerLaws } from "../src/initializer-contract.ts";

const uniform: Initializer = (randomKey, shape, options) => randomUniform(randomKey, shape, { dtype: options?.dtype ?? "f32" });
const normal: Initializer = (randomKey, shape, options) => randomNormal(randomKey, shape, { dtype: options?.dtype ?? "f32" });
const constant: Initializer = (_key, shape, options) => full(shape, 0.25, { dtype: options?.dtype ?? "f32" });

describeInitializer("uniform", () => uniform, { cases: [{ shape: [100, 50], mean: 0.5, variance: 1 / 12, minimum: 0, maximum: 1 }] });
describeInitializer("normal", () => normal, { cases: [{ shape: [4000], variance: 1 }, { shape: [10, 20, 30], variance: 1 }] });
describeInitializer("constant", () => constant, {
  cases: [{ shape: [3, 2], mean: 0.25, variance: 0 }],
  skip: { "gives other bits for another key": "a constant has no use for the key" },
});

async function holds(law: InitializerLaw, make: () => Initializer, expected: InitializerCase): Promise<boolean> {
  const test = initializerLaws(make, { cases: [expected] }).find(([name]) => name === law)?.[1];
  if (test === undefined) throw new Error(`no law "${law}"`);
  try {
    await test();
    return true;
  } catch {
    return false;
  }
}

describe("the contract of initializers catches", () => {
  it("a wrong variance or mean", async () => {
    expect(await holds("has the stated mean and variance", () => normal, { shape: [4000], variance: 1.3 })).toBe(false);
    expect(await holds("has the stated mean and variance", () => uniform, { shape: [4000], mean: 0.55, variance: 1 / 12 })).toBe(false);
  });

  it("a value out of bounds", async () => {
    expect(await holds("stays within its bounds", () => normal, { shape: [1000], variance: 1, maximum: 1 })).toBe(false);
  });

  it("an initializer that ignores the dtype or the key", async () => {
    const single: Initializer = (randomKey, shape) => randomUniform(randomKey, shape);
    expect(await holds("honors shape and dtype", () => single, { shape: [2], variance: 1 })).toBe(false);
    const deaf: Initializer = (_key, shape) => randomUniform(key(1), shape);
    expect(await holds("gives other bits for another key", () => deaf, { shape: [2], variance: 1 })).toBe(false);
  });

  it("one that draws differently for the same key", async () => {
    let seed = 0;
    const restless: Initializer = (_key, shape) => randomUniform(key(seed++), shape);
    expect(await holds("gives the same bits for the same key", () => restless, { shape: [2], variance: 1 })).toBe(false);
  });
});
